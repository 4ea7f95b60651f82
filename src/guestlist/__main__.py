"""`python -m guestlist`: the same as the script `guestlist`."""

from guestlist.cli.main import main

if __name__ == "__main__":
    main()
