# A night's walk, as deploy/runbook.md tells it: things are broken one after another, an
# alert of Prometheus has to tell, the program's own commands have to show the cause, and
# after the repair the account has to close. Sourced by deploy/compose/test.
# shellcheck shell=bash disable=SC2154

# tributary WORDS...: as a person asks the stack. It starts nothing else.
tributary() { stack run --rm -T tributary "$@" 2>>"$work/walk.log"; }

# alert STATE NAME LABEL VALUE: whether that alert is in that state; state "none": it is not there.
alert() {
  local states
  states=$(prometheus alerts | jq -r --arg name "$2" --arg field "$3" --arg value "$4" \
    '[.data.alerts[] | select(.labels.alertname == $name and (.labels[$field] // "" | startswith($value))) | .state] | unique | join(" ")') || return 1
  if [ "$1" = none ]; then [ -z "$states" ]; else [[ " $states " == *" $1 "* ]]; fi
}

# told NAME LABEL VALUE: Prometheus tells of it, and its link leads to a section of the runbook.
told() {
  local since=$SECONDS link section
  until_ok 240 alert firing "$@" || { prometheus alerts | jq -c '.data.alerts[] | [.state, .labels]'; fail "no alert $1 of $2 $3"; }
  prometheus alerts | jq -r --arg name "$1" --arg field "$2" --arg value "$3" 'first(.data.alerts[] | select(.labels.alertname == $name and
    .state == "firing" and (.labels[$field] // "" | startswith($value)))) | "alert: \(.labels.alertname): \(.annotations.summary)"'
  link=$(prometheus alerts | jq -r --arg name "$1" 'first(.data.alerts[] | select(.labels.alertname == $name)) | .annotations.runbook_url')
  section=${link#*#}
  grep -qix "## $section" deploy/runbook.md || fail "the runbook has no section $section"
  echo "told after $((SECONDS - since)) s"
}

over() { until_ok 240 alert none "$@" || fail "the alert $1 of $2 $3 does not end"; echo "$1 is over"; }

# poison sends an event in a version of its structure that its provider may make one day.
poison() {
  curl -sf "http://127.0.0.1:$INGEST_PORT/v1/lox24/lox24" -H 'Content-Type: application/json' -H 'Authorization: Bearer demo-lox24-secret' -d '{
    "id": "'"$(cat /proc/sys/kernel/random/uuid)"'", "api_version": "2099-01-01", "name": "verify_code.success", "created_at": '"$(date +%s)"',
    "data": {"id": "'"$1"'"}}'
}

# notified NAME STATE: Alertmanager has it, as active, or as suppressed where its cause is told.
notified() {
  curl -sf "http://127.0.0.1:$ALERTMANAGER_PORT/api/v2/alerts" >"$work/notified.json" &&
    jq -e --arg name "$1" --arg state "$2" 'any(.[]; .labels.alertname == $name and .status.state == $state)' "$work/notified.json" >/dev/null
}

healthy() { [ "$(docker inspect -f '{{.State.Status}} {{.State.Health.Status}}' "$(container "$1")")" = "running healthy" ]; }

# all_settled: nobody is behind, and everything that was accepted is in the account.
all_settled() {
  tributary lag --json >"$work/lag.json" &&
    tributary audit --json >"$work/audit.json" && jq -e '.adds_up and .waiting == 0' "$work/audit.json" >/dev/null
}

walk() {
  : >"$work/walk.log"
  local case
  step "a processor is stopped: an alert tells, the other one does its work"
  stack stop processor-2 2>/dev/null
  told TributaryTargetDown instance processor-2
  tributary lag || fail "the processor that is left does not do the work of both"

  step "a record that nobody knows: an alert tells, deadletter and trace show it"
  case=$(cat /proc/sys/kernel/random/uuid)
  poison "$case" | jq -c .records
  told TributaryDeadLetters stage lox24
  tributary deadletter list --provider lox24
  tributary trace "$case" | grep -q 'could not be handled (unknown_type)' || fail "trace does not tell what became of it"
  tributary deadletter replay --provider lox24 --cause unknown_type --yes | tail -n 1
  # The version is the same: it has to be rejected again, counted, and the first not replayed twice.
  until_ok 60 rejected_again || fail "what was replayed is not there again"

  step "the processor is started again"
  stack start processor-2 2>/dev/null
  until_ok 90 healthy processor-2 || fail "processor-2 is not healthy again"
  over TributaryTargetDown instance processor-2

  step "both processors are stopped: lag and an alert tell that groups have no members"
  stack stop processor-1 processor-2 2>/dev/null
  told TributaryGroupStuck group lox24
  if tributary lag >"$work/lag"; then fail "lag finds nothing wrong without processors"; fi
  grep -m 1 'no members' "$work/lag"
  stack start processor-1 processor-2 2>/dev/null
  until_ok 120 tributary lag --json >/dev/null || fail "the backlog is not worked off"

  step "Kafka is stopped: an alert tells, and asking does not start it"
  stack stop kafka 2>/dev/null
  told TributaryKafkaAway instance ingest
  until_ok 60 notified TributaryKafkaAway active || fail "Alertmanager does not know of it"
  until_ok 150 notified TributaryIngestFailing suppressed || fail "Alertmanager tells the consequence beside its cause"
  echo "Alertmanager tells TributaryKafkaAway, and not what follows from it"
  if tributary lag; then fail "lag finds nothing wrong without Kafka"; fi
  grep -a '^tributary: ' "$work/walk.log" | tail -n 1
  [ "$(docker inspect -f '{{.State.Status}}' "$(container kafka)")" = exited ] || fail "to ask has started Kafka"
  stack start kafka 2>/dev/null
  over TributaryKafkaAway instance ingest
  for service in kafka registry ingest processor-1 processor-2 lag; do
    until_ok 180 healthy "$service" || fail "$service is not healthy again"
  done
}

rejected_again() {
  tributary deadletter list --provider lox24 --json >"$work/letters.json" &&
    jq -se 'length == 2 and ([.[] | select(.replayed)] | length == 1)' "$work/letters.json" >/dev/null
}
