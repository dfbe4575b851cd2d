"""Run as `python -m benchmarks.review`; the page beside this file says what the numbers are."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
from collections.abc import Callable
from typing import Any

from benchmarks.review.measuring import ours, proposed, theirs

WITHIN, SECONDS, MEGABYTES = 0.005, 5.0, 1024


def alone(work: Callable[..., Any], *args: Any) -> Any:
    """In a process of its own, so that memory is the work's and nothing is warm."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, args)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--matcher", help="a checkout of openreview-matcher")
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=1_000)
    args = parser.parse_args()
    big = alone(proposed, args.items, args.people)
    print(f"{args.items} x {args.people}, every hard rule:", json.dumps(big))
    good = big["feasible"] and big["gap"] <= WITHIN and big["seconds"] < SECONDS and big["MB"] < MEGABYTES
    print(f"  within {WITHIN:.1%}, under {SECONDS:g} s and {MEGABYTES} MB: {'yes' if good else 'NO'}")
    mine = alone(ours, 2_000, 400)
    print("2000 x 400, affinities, ours:   ", json.dumps(mine))
    if args.matcher:
        peer = alone(theirs, args.matcher, 2_000, 400)
        print("2000 x 400, affinities, MinMax: ", json.dumps(peer))
        print(
            f"  {peer['seconds'] / mine['seconds']:.0f} x faster; affinity {mine['affinity']} against {peer['affinity']}"
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
