def record(r):
    pass
