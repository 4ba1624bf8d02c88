"""The environment, read once at the edge. Each default works on a laptop."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings from `WARDTWIN_*` variables."""

    model_config = SettingsConfigDict(env_prefix="WARDTWIN_", frozen=True)

    var: Path = Path("var")
    catalog: str = ""
    """`sqlite:PATH` or `postgresql://...`; empty means SQLite under `var/lake`."""
    catalog_file: Path | None = None
    """A mounted secret that holds the catalog's address; wins over `catalog`."""
    lake_data: str = ""
    key_file: Path | None = None
    sources: Path | None = None
    """A folder of the hospital's own: sources (*.yml), lines for source_codes.csv and its kin."""
    dask: str = ""
    """Address of a Dask scheduler; empty means threads in this process."""
    threads: int = 2
    memory: str = "4GB"
    lock_timeout: float = 60.0
    """Seconds a writer waits for its turn."""
    settle_seconds: float = 2.0
    """A landed file that changed within this time is still being written."""
    stale_minutes: int = 5
    """Age of the newest data at which the pages warn."""
    lineage: bool = False
    """The demo's Airflow writes OpenLineage events to `var/airflow/lineage.jsonl`."""
    airflow_port: int = 8080
    dash_port: int = 8050
    pages: str = ""
    """The pages' address as people reach it; empty means `dash_port` of this machine."""

    @property
    def catalog_uri(self) -> str:
        if self.catalog_file:
            return self.catalog_file.read_text().strip()
        return self.catalog or f"sqlite:{self.var.absolute() / 'lake' / 'catalog.sqlite'}"

    @property
    def data_path(self) -> str:
        return self.lake_data or str(self.var.absolute() / "lake" / "data")

    @property
    def keys(self) -> Path:
        return self.key_file or self.var.absolute() / "keys" / "wardtwin.key"

    @property
    def pages_url(self) -> str:
        return self.pages.rstrip("/") or f"http://localhost:{self.dash_port}"

    @property
    def spill(self) -> Path:
        """Where DuckDB keeps, as ciphertext, what memory cannot hold; empty between runs."""
        return self.var.absolute() / "spill"

    @property
    def landing(self) -> Path:
        return self.var / "landing"

    @property
    def archive(self) -> Path:
        return self.var / "archive"

    @property
    def models(self) -> Path:
        return self.var / "models"
