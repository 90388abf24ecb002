# What is on every page.
skip = To the contents
navigation = Main menu
more = More
today = Today
attention = Needs attention
orders = Orders
stock = Stock
invoices = Invoices
channels = Channels
contact-lost = No contact with Sluis since { $at }. What is shown may be old; trying again.
span-seconds = { $n ->
    [one] 1 second
   *[other] { $n } seconds
}
span-minutes = { $n ->
    [one] 1 minute
   *[other] { $n } minutes
}
span-hours = { $n ->
    [one] 1 hour
   *[other] { $n } hours
}
span-days = { $n ->
    [one] 1 day
   *[other] { $n } days
}
trouble = This page cannot be shown
go-on = Go on to the list
technical = Technical
unreadable = Cannot be read: { $key }. Everything else is shown.
your-name = Your name
at-most = (at most { $n })
list-ends = This is the end of the list.
list-first = To the beginning
list-next = Next
done-ship = The shipment is entered.
done-cancel = The cancellation is entered. The units are free once the channel confirms it.
done-return = The return is announced.
done-receive = The return has arrived.
done-inspect = The inspection is entered.
done-cover = What was short is covered, as far as the stock reaches.
done-tell = The channel is told again.
done-send-again = It is sent again within minutes.
done-retry = It is tried again. It stays on the list until it is right.
done-dismiss = It is dismissed.
done-erase = What it held is erased.
done-check = The credentials are looked at within about a minute.
done-publish = It holds. The figures follow in the background.
done-other = Saved.
sign-in = Sign in
sign-in-name = User name
password = Password
sign-out = Sign out
role-owner = owner
role-warehouse = warehouse
role-bookkeeper = bookkeeper
role-read-only = read only
