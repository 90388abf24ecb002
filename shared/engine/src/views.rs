//! What people and other systems read: plain answers, ready to be shown.
