# Invoices and credit notes.
invoices-only = Invoices
credit-notes-only = Credit notes
no-invoices = Nothing was issued yet.
invoices-scope = The latest year first, invoices before credit notes, the last number first.
credits = credit note of { $number }
invoices-waiting = Still to be issued
no-invoices-waiting = No order waits for an invoice or a credit note.
more-invoices-waiting = and more
invoice-refused = cannot be invoiced
invoice-coming = is issued within minutes
invoiced-by-marketplace = invoiced by the marketplace: { $units }
