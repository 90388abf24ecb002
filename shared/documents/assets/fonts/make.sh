#!/usr/bin/env bash
# Makes the two font files beside it. Run once, by hand, when the font or the list of characters changes; the files are committed.
#
#   apt-get install fonts-inter          # 4.0~beta7+ds-1, OFL-1.1
#   pip install fonttools==4.68.0
#   bash make.sh
#
# What is kept: Latin with all its accents, Greek, Cyrillic, punctuation, currency signs, a few arrows and signs; kerning, ligatures, marks,
# figures of one width. What is dropped: all else, so that a document is made faster and the program stays small.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
for weight in Regular SemiBold; do
  pyftsubset "/usr/share/fonts/opentype/inter/Inter-$weight.otf" --output-file="Inter-$weight.otf" \
    --unicodes="U+0020-007E,U+00A0-024F,U+0259,U+02C6,U+02C7,U+02D8-02DD,U+0300-030C,U+0323,U+0326-0328,U+0370-03FF,U+0400-04FF,U+1E00-1EFF,U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+2030,U+2032,U+2033,U+2039,U+203A,U+2044,U+20A0-20C0,U+2116,U+2122,U+2190-2193,U+2212,U+2248,U+2260,U+2264,U+2265" \
    --layout-features=kern,liga,ccmp,locl,mark,mkmk,tnum --no-hinting \
    --name-IDs='*' --drop-tables+=STAT,DSIG
done
