# The two commands, and what belongs to them. Everything else is `npx fabric-topologies --help`.
NETWORK ?= examples/trade-finance/network.yaml
NODES ?=
TOPOLOGY ?=
ENGINE ?=
TIER ?=

.PHONY: help up down test
.DEFAULT_GOAL := help

help: ## Say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

up: node_modules/.package-lock.json ## Bring a network up on an embedded Kubernetes control plane (NETWORK=file, NODES=real|simulated, TOPOLOGY=dual-active|federated, ENGINE=direct|karmada|kubefed)
	@[ "$(NODES)" = simulated ] || sh scripts/prerequisites.sh
	@node bin/fabric-topologies.mjs up --network "$(NETWORK)" $(if $(NODES),--nodes $(NODES)) $(if $(TOPOLOGY),--topology $(TOPOLOGY)) $(if $(ENGINE),--engine $(ENGINE))

down: node_modules/.package-lock.json ## Remove every trace of it, but the tool cache
	@node bin/fabric-topologies.mjs down

test: node_modules/.package-lock.json ## Run every check and every test (TIER=unit for one tier)
	@[ -z "$(if $(TIER),$(filter cluster fabric drill,$(TIER)),every)" ] || sh scripts/prerequisites.sh
	@[ -z "$(if $(TIER),$(filter browser,$(TIER)),every)" ] || sh scripts/prerequisites.sh browser
	@[ -z "$(if $(TIER),$(filter gateway,$(TIER)),every)" ] || sh scripts/prerequisites.sh gateway
	@[ -z "$(if $(TIER),$(filter storage,$(TIER)),every)" ] || sh scripts/prerequisites.sh storage
	@[ -z "$(if $(TIER),$(filter replication,$(TIER)),every)" ] || sh scripts/prerequisites.sh replication
	@node --import tsx tests/run.ts $(TIER)

# npm's own record of what it installed: newer than the lock file means nothing to do.
node_modules/.package-lock.json: package-lock.json
	@node scripts/check-node.js
	npm ci --no-fund --no-audit
	@touch $@
