"""Rules in Schematron (ISO/IEC 19757-3, query language XSLT 2) as a stylesheet that says which of them a document breaks.

Only what the rules of e-invoices use is understood: patterns of rules, variables, functions, asserts and reports. Anything else stops it, so that
no rule is left out unseen.
"""

from lxml import etree

SCH = "http://purl.oclc.org/dsdl/schematron"
XSL = "http://www.w3.org/1999/XSL/Transform"


def _sch(name):
    return f"{{{SCH}}}{name}"


def _xsl(name):
    return f"{{{XSL}}}{name}"


def _variable(into, let):
    etree.SubElement(into, _xsl("variable"), name=let.get("name"), select=let.get("value"))


def _assertion(into, one, mode):
    """Prints its flag and id where it does not hold."""
    kind = etree.QName(one).localname
    test = one.get("test")
    when = etree.SubElement(into, _xsl("if"), test=f"not({test})" if kind == "assert" else test)
    text = etree.SubElement(when, _xsl("text"))
    text.text = f"{one.get('flag') or one.get('role') or 'fatal'}\t{one.get('id') or mode}\n"


def _pattern(sheet, pattern, mode):
    """Each node is looked at by the first rule of the pattern that fits it."""
    if pattern.get("abstract") == "true" or pattern.get("is-a"):
        raise ValueError("abstract patterns are not understood")
    rules = 0
    known = {_sch("let"), _sch("rule"), _sch("title"), _sch("p")}
    for child in pattern.iterchildren("*"):
        if child.tag not in known:
            raise ValueError(f"{child.tag} in a pattern is not understood")
        if child.tag == _sch("let"):
            _variable(sheet, child)
    for place, rule in enumerate(pattern.iterchildren(_sch("rule"))):
        template = etree.SubElement(sheet, _xsl("template"), match=rule.get("context"), mode=mode, priority=str(100_000 - place))
        for child in rule.iterchildren("*"):
            if child.tag == _sch("let"):
                _variable(template, child)
            elif child.tag in (_sch("assert"), _sch("report")):
                _assertion(template, child, mode)
                rules += 1
            else:
                raise ValueError(f"{child.tag} in a rule is not understood")
        etree.SubElement(template, _xsl("apply-templates"), select="@*|node()", mode=mode)
    rest = etree.SubElement(sheet, _xsl("template"), match="@*|node()|/", mode=mode, priority="-1000")
    etree.SubElement(rest, _xsl("apply-templates"), select="@*|node()", mode=mode)
    return rules


def stylesheet(path, namespaces=None):
    """The stylesheet as text, and how many assertions it holds. A file that is only a pattern is given the namespaces of its prefixes."""
    root = etree.parse(path, etree.XMLParser(remove_comments=True)).getroot()
    found = dict(namespaces or {})
    is_schema = root.tag == _sch("schema")
    if is_schema:
        found |= {ns.get("prefix"): ns.get("uri") for ns in root.iterchildren(_sch("ns"))}
    sheet = etree.Element(_xsl("stylesheet"), nsmap=found | {"xsl": XSL}, version="2.0")
    etree.SubElement(sheet, _xsl("output"), method="text")
    patterns = [root]
    if is_schema:
        patterns = list(root.iterchildren(_sch("pattern")))
        for child in root.iterchildren("*"):
            if child.tag == _sch("let"):
                _variable(sheet, child)
            elif child.tag == _xsl("function"):
                sheet.append(child)
            elif child.tag not in {_sch(name) for name in ("pattern", "ns", "title", "phase", "p")}:
                raise ValueError(f"{child.tag} in a schema is not understood")
    rules, modes = 0, []
    for number, pattern in enumerate(patterns):
        modes.append(f"pattern-{number}")
        rules += _pattern(sheet, pattern, modes[-1])
    start = etree.SubElement(sheet, _xsl("template"), match="/")
    for mode in modes:
        etree.SubElement(start, _xsl("apply-templates"), select=".", mode=mode)
    return etree.tostring(sheet, encoding="unicode"), rules
