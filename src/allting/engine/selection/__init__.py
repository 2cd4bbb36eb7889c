"""From approval ballots to a choice in which everybody's share of influence counts, and the proof of it.

    ballots    approvals checked and packed              shares       the rule: equal shares, then Phragmén
    market     exact accounts, and what comes next       phragmen     an order of any length, the shortlist
    ties       the draw from the committed seed          majority     plain approval count, to compare with
    outcome    what a run leaves behind                  tied         every outcome that ties allow
    reading    who is represented, what others lacked    certificate  the public proof of an outcome
    verify     checks that proof with the standard library alone

Pure: arrays in, frozen results out; only numpy is loaded. Nothing is imported here, so that `verify` can be loaded,
copied and read without the engine that it judges.
"""
