"""A stand-in for the REST APIs of Google Cloud, with a state, on loopback alone.

core      what is stored, errors, operations, numbers of projects, update masks
policy    IAM policies: merge, etags, whether members exist
check     what the APIs check of their input
rest      the common pattern of resources; services has the tables of what each API adds to it
compute, sqladmin, cloudrun, dns   the APIs with a shape of their own
faults    what a test makes go wrong
server    the listener and the control paths
"""
