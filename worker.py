"""The script people run: ``python worker.py dev | start | console | connect``."""

from worker import main

if __name__ == "__main__":
    main()
