"""What Airflow tries again: what passes by itself. What a person must mend fails at once."""

from airflow.sdk import RetryDecision, RetryPolicy


class OnlyPassingFaults(RetryPolicy):
    """A busy store or a lost worker: again. A broken file or a missing set-up: shown as it is."""

    def evaluate(self, exception, try_number, max_tries, context=None) -> RetryDecision:
        from warehouse.errors import StoreUnavailable, WardtwinError

        if isinstance(exception, WardtwinError) and not isinstance(exception, StoreUnavailable):
            return RetryDecision.fail(reason=str(exception))
        return RetryDecision.default()
