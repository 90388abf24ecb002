# Wat op elke pagina staat.
skip = Naar de inhoud
navigation = Hoofdmenu
more = Meer
today = Vandaag
attention = Actie nodig
orders = Bestellingen
stock = Voorraad
invoices = Facturen
channels = Verkoopkanalen
contact-lost = Geen contact met Sluis sinds { $at }. De gegevens kunnen verouderd zijn; er wordt opnieuw verbinding gezocht.
span-seconds = { $n ->
    [one] 1 seconde
   *[other] { $n } seconden
}
span-minutes = { $n ->
    [one] 1 minuut
   *[other] { $n } minuten
}
span-hours = { $n } uur
span-days = { $n ->
    [one] 1 dag
   *[other] { $n } dagen
}
trouble = Deze pagina kan niet worden getoond
go-on = Verder naar de lijst
technical = Technisch
unreadable = Niet te lezen: { $key }. De rest wordt gewoon getoond.
your-name = Uw naam
at-most = (hoogstens { $n })
list-ends = Dit is het einde van de lijst.
list-first = Naar het begin
list-next = Verder
done-ship = De zending is ingevoerd.
done-cancel = De annulering is ingevoerd. De stuks komen vrij zodra het kanaal dat bevestigt.
done-return = De retour is aangemeld.
done-receive = De ontvangst is gemeld.
done-inspect = De beoordeling is vastgelegd.
done-cover = Het tekort is aangevuld, voor zover er voorraad was.
done-tell = Het wordt opnieuw doorgegeven aan het kanaal.
done-send-again = Het wordt binnen enkele minuten opnieuw verzonden.
done-retry = Het wordt opnieuw geprobeerd. Het blijft in de lijst tot het klopt.
done-dismiss = Het is afgehandeld.
done-erase = De inhoud is gewist.
done-check = De sleutel wordt binnen ongeveer een minuut gecontroleerd.
done-publish = De keuze geldt. De aantallen volgen op de achtergrond.
done-other = Opgeslagen.
sign-in = Aanmelden
sign-in-name = Gebruikersnaam
password = Wachtwoord
sign-out = Afmelden
role-owner = eigenaar
role-warehouse = magazijn
role-bookkeeper = boekhouder
role-read-only = alleen lezen
