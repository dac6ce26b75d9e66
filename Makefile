# Everything a developer runs. `make` lists it.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --warn-undefined-variables --no-builtin-rules

# The tools' versions stand in .ci/tools.mod, apart from the program's own.
TOOL := go tool -modfile=.ci/tools.mod
FUZZTIME ?= 30s
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-15s %s\n", $$1, $$2}'

.PHONY: all
all: fmt lint test ## format, lint, test

.PHONY: build
build: ## tributary as the image holds it, and lab, into bin/
	CGO_ENABLED=0 go build -trimpath -tags grpcnotrace -ldflags="-s -w -X github.com/tributary-hq/tributary/cmd/internal/cli.version=$(VERSION)" -o bin/ ./cmd/tributary ./cmd/lab

.PHONY: demo
demo: ## everything in one process, nothing to install
	CGO_ENABLED=0 go run ./cmd/tributary demo

.PHONY: fmt
fmt: ## format the code
	$(TOOL) golangci-lint fmt ./...

.PHONY: lint
lint: ## the whole lint set
	$(TOOL) golangci-lint run ./...

.PHONY: test
test: ## unit tests
	go test ./...

.PHONY: examples
examples: ## the apps in processor/engine/examples, a module that uses the engine as a library
	cd processor/engine/examples && go vet ./... && go mod tidy -diff && go test -count=1 ./...

# The laboratory's tests start other processes, those of these tools the pipeline, and a stage is one
# goroutine: the pipeline of all stages is raced in processor, a schedule of the simulation is sequential.
SEQUENTIAL := /cmd/(lab|internal/lab/.*|internal/tool/(acl|audit|catalogue|contract|export|forget|reset|trace).*|internal/tool)$$$$|/processor/(insights|journey|lox24|payment|standard|uapay|unibell|unibellcall|verification|voximplant)($$$$|/)
.PHONY: race
race: ## unit tests under the race detector, in another order each time, of packages that run goroutines of their own
	TRIBUTARY_SCHEDULES=20 go test -race -shuffle=on $$(go list ./... | grep -vE '$(SEQUENTIAL)')

.PHONY: cover
cover: ## coverage by function, into the terminal
	go test -coverprofile=bin/cover.out ./... && go tool cover -func=bin/cover.out

.PHONY: golden
golden: ## rewrite the golden files; read the diff before you commit it
	go test ./... -update

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME
	@for target in $$(grep -rloE --include=*_test.go '^func Fuzz\w+' . | xargs -n1 dirname | sort -u); do \
	  for name in $$(grep -hoE '^func Fuzz\w+' $$target/*_test.go | sed 's/func //'); do \
	    echo "$$target $$name"; go test $$target -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME); done; done

# BENCHES=peers compares with Kafka Streams and a bare server; ARGS takes more words.
.PHONY: bench
bench: ## what ingest and processor cost on a real Kafka, and in ratios to peers
	deploy/bench/run

.PHONY: bench-go
bench-go: ## the Go benchmarks, compared with the last release
	deploy/bench/gobench

.PHONY: generate
generate: ## the code made from the schemas, the dashboards from their source
	go generate ./...

.PHONY: checkgenerate
checkgenerate: generate ## fail if what is generated is not what its source says
	@git diff --exit-code -- '*_gen.go' deploy/grafana/dashboards || { echo "what is generated differs: run make generate and commit it"; exit 1; }

.PHONY: tidy-check
tidy-check: ## fail if go.mod or go.sum are not tidy
	go mod tidy -diff

.PHONY: vuln
vuln: ## known vulnerabilities in what we call
	$(TOOL) govulncheck ./...

.PHONY: kafka-start
kafka-start: ## a real single-node Kafka on loopback, without Docker
	@deploy/kafka/kafka start

.PHONY: kafka-stop
kafka-stop: ## stop it
	@deploy/kafka/kafka stop

.PHONY: e2e
e2e: ## the end-to-end suite as separate processes on a real Kafka, which it starts itself
	deploy/kafka/e2e

.PHONY: acl-test
acl-test: ## each role's rights on a real Kafka with SCRAM and an authorizer, which it starts itself
	deploy/kafka/acl-test

# FAULTS=few tries each kind once or twice; ARGS takes more, such as --seed 7 or --scenarios cluster.
FAULTS ?= all
ARGS ?=
N ?= 10000
.PHONY: chaos
chaos: ## N schedules of faults in virtual time, and that each way to break the engine is caught
	TRIBUTARY_SCHEDULES=$$(($(N) * 9 / 10)) go test ./processor/engine -run '^(TestSimulation|TestAdministrators)$$' -v -count 1 -timeout 0
	go test ./processor -run '^Test(PipelineInAnyOrder|AnErasureIsAsIfItHadNotBeen|RotationPartsNoCase|FiguresAreTheLastSnapshots)$$' -v -count 1 -timeout 0 -rapid.checks $$(($(N) / 20))
	go test -tags synctests ./processor/chaos -run '^TestSchedules$$' -v -count 1 -timeout 0 -schedules $$(($(N) / 10))
	go test -tags tributary_break ./processor/engine -run '^Test(AdministratorMutations|Mutations|UnstableOffsets)AreCaught$$' -v -count 1 -timeout 0
	go test -tags synctests,tributary_break ./processor/chaos -run '^Test(Insights)?MutationsAreCaught$$|^TestRestarts$$' -v -count 1 -timeout 0
	go test -tags tributary_break ./ingest -run '^TestMutationsAreCaught$$' -v -count 1 -timeout 0

# DAYS is how many days with attacks and how many quiet ones are played, STAGE_DAYS how many
# of each go through all stages.
DAYS ?= 50
STAGE_DAYS ?= 3
.PHONY: detection
detection: ## recall, precision and false alarms of the detector of pumping, on simulated days that it was not tuned on
	go test ./cmd/internal/lab/detection -v -count 1 -timeout 0 -args -seeds $(DAYS) -stage-seeds $(STAGE_DAYS)

.PHONY: chaos-kafka
chaos-kafka: ## kill, stop, starve and impersonate real processes on a real Kafka, delete and remake its topics and groups; FAULTS=few is quick
	go run ./cmd/lab chaos --faults $(FAULTS) $(ARGS)

.PHONY: alerts-test
alerts-test: ## check the alert rules and play each: it fires, it does not, it resolves; who is told
	deploy/prometheus/promtool check rules deploy/prometheus/*.rules.yml
	printf '%s\n' deploy/prometheus/tests/*.yml | xargs -n 1 -P $$(nproc) deploy/prometheus/promtool test rules
	@deploy/prometheus/routes-test

# FAULTS_OF_NIGHT="1 2" plays these alone; their numbers are those of the runbook.
FAULTS_OF_NIGHT ?=
.PHONY: night
night: ## play the faults of the runbook's list on a real Kafka and a real Prometheus: each is reported in time, in true words, and is over after its repair
	deploy/night $(FAULTS_OF_NIGHT)

.PHONY: catalogue
catalogue: build ## the pages of the topics with sample rows, AsyncAPI and the data contract into bin/catalogue
	deploy/consumers/catalogue bin/catalogue

.PHONY: catalogue-test
catalogue-test: catalogue ## judge them with the standards' own validators, which it installs from PyPI and npm (1.6 GB)
	python3 -m venv bin/datacontract && bin/datacontract/bin/pip install -q datacontract-cli
	bin/datacontract/bin/datacontract lint bin/catalogue/datacontract.yaml
	npm install --silent --no-audit --no-fund --prefix bin/asyncapi @asyncapi/cli
	bin/asyncapi/node_modules/.bin/asyncapi validate bin/catalogue/asyncapi.json

.PHONY: up
up: ## the stack with docker compose
	TRIBUTARY_VERSION=$(VERSION) docker compose up --build --detach --wait

.PHONY: down
down: ## stop the stack, keep its data
	docker compose down

.PHONY: compose-check
compose-check: ## the compose file is valid and keeps what it promises; needs no engine
	deploy/compose/compose bin/docker-compose
	deploy/compose/valid bin/docker-compose

.PHONY: compose-test
compose-test: ## prove the stack with a real Docker engine; makes images that cannot be pulled
	deploy/compose/test

.PHONY: k8s-test
k8s-test: ## build deploy/k8s and have the API server's own validation pass it
	cd .ci/k8s && go test ./...

AXE := bin/axe/package/axe.min.js
$(AXE):
	mkdir -p bin/axe && cd bin/axe && npm pack --silent axe-core@4.14.1 && tar xzf axe-core-4.14.1.tgz package/axe.min.js

CONSOLE = go build -o bin/console-test ./cmd/tributary && cd .ci/console && TRIBUTARY=$(CURDIR)/bin/console-test AXE=$(CURDIR)/$(AXE) go test -count 1
.PHONY: console-test
console-test: $(AXE) ## the console in a real Chromium, calm and broken: axe-core, both themes, a phone to a wall, a night shift's questions
	$(CONSOLE) -timeout 30m ./...

.PHONY: console-fast
console-fast: $(AXE) ## the same in under a minute: one theme, one width, two faults
	$(CONSOLE) -short -timeout 5m ./...

.PHONY: consumers-fast
consumers-fast: ## the analysts' questions in DuckDB, ClickHouse, Arrow and fastavro, each equal to a count from the raw bodies, and the figures of claims
	deploy/consumers/test/run

.PHONY: consumers-test
consumers-test: ## the same and Spark, Flink, dbt and the notebook, on a real Kafka
	deploy/consumers/test/run all

.PHONY: dashboards-test
dashboards-test: ## every query of the dashboards on a real pipeline, calm and broken; needs Debian's prometheus
	deploy/grafana/test
