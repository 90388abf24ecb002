# Facturen en creditnota’s.
invoices-only = Facturen
credit-notes-only = Creditnota’s
no-invoices = Er is nog niets gefactureerd.
invoices-scope = Het laatste jaar eerst, facturen vóór creditnota’s, het laatste nummer eerst.
credits = creditnota bij { $number }
invoices-waiting = Nog te maken
no-invoices-waiting = Geen bestelling wacht op een factuur of creditnota.
more-invoices-waiting = en meer
invoice-refused = kan niet worden gefactureerd
invoice-coming = komt binnen enkele minuten
invoiced-by-marketplace = factuur van het verkoopkanaal: { $units }
