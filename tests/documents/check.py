#!/usr/bin/env python3
"""Holds the samples of docs/samples/invoices against the official rules: EN 16931, Peppol BIS 3, NLCIUS (Schematron) and the XML Schemas of UBL
2.1 and Factur-X.

The rules belong to others and are not in this repository: SLUIS_SPECS names the folder that holds `invoicing/rules`, and without it nothing is
checked. Needs lxml and saxonche.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "docs/samples/invoices"
PREFIXES = {
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cn": "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
    "ubl": "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
    "xs": "http://www.w3.org/2001/XMLSchema",
}


def skipped(why):
    print(f"the official rules of e-invoices are not checked: {why}")
    sys.exit(0)


class Rules:
    """One set of Schematron rules, compiled once."""

    def __init__(self, processor, name, path):
        from schematron import stylesheet

        text, self.count = stylesheet(str(path), PREFIXES)
        self.name = name
        self.run = processor.new_xslt30_processor().compile_stylesheet(stylesheet_text=text)
        self.processor = processor

    def broken(self, xml):
        """(flag, rule) for each assertion that does not hold."""
        said = self.run.transform_to_string(xdm_node=self.processor.parse_xml(xml_text=xml))
        return [tuple(line.split("\t")) for line in (said or "").splitlines() if line.strip()]


class Schema:
    """One XML Schema."""

    def __init__(self, path):
        from lxml import etree

        self.etree = etree
        self.schema = etree.XMLSchema(etree.parse(str(path)))

    def broken(self, xml):
        if self.schema.validate(self.etree.fromstring(xml.encode())):
            return []
        return [("fatal", str(error.message)) for error in self.schema.error_log]


def planted(checks, texts):
    """Each check must find a mistake that is made on purpose, or it finds nothing at all."""
    peppol = texts["nl-business-unpaid.peppol.xml"]
    nlcius = texts["nl-business-unpaid.nlcius.xml"]
    credit = texts["be-credit-to-business.peppol.xml"]
    cii = texts["nl-consumer-mixed-rates.cii.xml"]
    cases = [
        ("EN 16931", "BR-CO-15", peppol, "<cbc:TaxInclusiveAmount currencyID=\"EUR\">", "<cbc:TaxInclusiveAmount currencyID=\"EUR\">9"),
        ("Peppol BIS 3", "PEPPOL-EN16931-R010", peppol, "<cbc:EndpointID schemeID=\"0106\">23456789</cbc:EndpointID>", ""),
        ("Peppol BIS 3", "NL-R-003", peppol, "<cbc:CompanyID schemeID=\"0106\">12345678", "<cbc:CompanyID schemeID=\"0002\">12345678"),
        ("NLCIUS", "BR-NL-1", nlcius, "<cbc:CompanyID schemeID=\"0106\">12345678", "<cbc:CompanyID schemeID=\"0002\">12345678"),
        ("UBL 2.1 Invoice", None, peppol, "<cbc:IssueDate>", "<cbc:Unknown/><cbc:IssueDate>"),
        ("UBL 2.1 CreditNote", None, credit, "<cbc:IssueDate>", "<cbc:Unknown/><cbc:IssueDate>"),
        ("Factur-X", None, cii, "<ram:TypeCode>380</ram:TypeCode>", ""),
    ]
    missed = []
    for name, rule, text, old, new in cases:
        if old not in text:
            missed.append(f"{name}: {old} is not in the sample any more")
            continue
        found = [which for flag, which in checks[name].broken(text.replace(old, new, 1)) if flag == "fatal"]
        if not found or (rule and rule not in found):
            missed.append(f"{name} did not find {rule or 'a wrong element'}: {found}")
    return missed, len(cases)


def main():
    specs = os.environ.get("SLUIS_SPECS")
    if not specs:
        skipped("SLUIS_SPECS is not set")
    rules = Path(specs) / "invoicing/rules"
    if not rules.is_dir():
        skipped(f"there is no folder {rules}")
    from saxonche import PySaxonProcessor

    with PySaxonProcessor(license=False) as processor:
        checks = {
            "EN 16931": Rules(processor, "EN 16931", rules / "EN16931-UBL-validation-preprocessed.sch"),
            "Peppol BIS 3": Rules(processor, "Peppol BIS 3", rules / "PEPPOL-EN16931-UBL.sch"),
            "NLCIUS": Rules(processor, "NLCIUS", rules / "si-ubl-2.0-nlcius.sch"),
            "UBL 2.1 Invoice": Schema(rules / "ubl-2.1-xsd/maindoc/UBL-Invoice-2.1.xsd"),
            "UBL 2.1 CreditNote": Schema(rules / "ubl-2.1-xsd/maindoc/UBL-CreditNote-2.1.xsd"),
            "Factur-X": Schema(rules / "factur-x-1.09/Factur-X_EN16931.xsd"),
        }
        texts = {path.name: path.read_text() for path in sorted(SAMPLES.glob("*.xml"))}
        failed, ran = [], dict.fromkeys(checks, 0)
        for name, text in texts.items():
            root = "UBL 2.1 CreditNote" if "<CreditNote" in text else "UBL 2.1 Invoice"
            wanted = {
                "cii": ["Factur-X"],
                "peppol": [root, "EN 16931", "Peppol BIS 3"],
                "ubl": [root, "EN 16931"],
                "nlcius": [root, "EN 16931", "NLCIUS"],
            }[name.split(".")[-2]]
            for check in wanted:
                ran[check] += 1
                for flag, which in checks[check].broken(text):
                    if flag == "fatal":
                        failed.append(f"{name}: {check}: {which}")
                    else:
                        print(f"  {name}: {check}: {which} ({flag})")
        missed, plants = planted(checks, texts)
    for check, count in ran.items():
        assertions = f"{checks[check].count} assertions" if isinstance(checks[check], Rules) else "schema"
        print(f"{check}: {count} documents, {assertions}")
        if count == 0:
            failed.append(f"{check}: no document was checked")
    for line in failed + missed:
        print(f"BROKEN {line}")
    print(f"{sum(ran.values()) + plants - len(failed) - len(missed)} passed, {len(failed) + len(missed)} failed")
    sys.exit(1 if failed or missed else 0)


if __name__ == "__main__":
    main()
