# What deploy/compose/test asks of the running stack; sourced by it.
# shellcheck shell=bash disable=SC2154

container() { stack ps --all -q "$1"; }

# job_done SERVICE: it ended, and well.
job_done() {
  local state
  state=$(docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' "$(container "$1")")
  echo "$1: $state"
  [ "$state" = "exited 0" ] || fail "$1 did not end well"
}

# confined SERVICE: asked of the running process, not of the file that asked for it.
confined() {
  local pid user rights fresh root
  pid=$(docker inspect -f '{{.State.Pid}}' "$(container "$1")")
  user=$(awk '$1 == "Uid:" {print $2}' "/proc/$pid/status")
  rights=$(awk '$1 == "CapBnd:" {print $2}' "/proc/$pid/status")
  fresh=$(awk '$1 == "NoNewPrivs:" {print $2}' "/proc/$pid/status")
  root=$(awk '$5 == "/" {print $6}' "/proc/$pid/mountinfo" | cut -d, -f1)
  echo "$1: user $user, capabilities $rights, no new privileges $fresh, root file system $root"
  [ "$user" -ne 0 ] && [ "$((16#$rights))" -eq 0 ] && [ "$fresh" = 1 ] && [ "$root" = ro ] || fail "$1 may do more than it must"
}

loopback_only() {
  local open
  open=$(docker ps --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" -q |
    xargs docker inspect -f '{{range $port, $at := .NetworkSettings.Ports}}{{range $at}}{{.HostIp}} {{$.Name}} {{.HostPort}}{{"\n"}}{{end}}{{end}}' | sed '/^$/d' | sort -u)
  echo "$(wc -l <<<"$open") ports published"
  if grep -v '^127\.0\.0\.1 ' <<<"$open"; then fail "these ports are open beyond loopback"; fi
}

prometheus() { curl -sf "http://127.0.0.1:$PROMETHEUS_PORT/api/v1/$1"; }
targets() { prometheus targets | jq -r '.data.activeTargets[] | "\(.labels.job) \(.scrapeUrl) \(.health) \(.lastError)"'; }
# What is scraped but runs outside of this test would be down for good.
targets_up() { prometheus targets | jq -e '.data.activeTargets | length >= 4 and all(.health == "up")' >/dev/null; }
rules_read() {
  local want got
  want=$(find deploy/prometheus -name '*.rules.yml' | wc -l)
  got=$(prometheus rules | jq '[.data.groups[].file] | unique | length')
  echo "$got of $want rule files"
  [ "$want" = "$got" ] || fail "Prometheus reads $got of $want rule files"
  prometheus rules | jq -e '[.data.groups[].rules[] | select(.health == "err")] | length == 0' >/dev/null || fail "a rule cannot be evaluated"
}

healthy_again() { [ "$(docker inspect -f '{{.State.Health.Status}} {{.RestartCount}}' "$1")" = "healthy $2" ]; }
# heals SERVICE: its process is killed from outside, as a crash does; the engine starts it
# again and its health check is good.
heals() {
  local id lives since=$SECONDS
  id=$(container "$1")
  lives=$(docker inspect -f '{{.RestartCount}}' "$id")
  kill -9 "$(docker inspect -f '{{.State.Pid}}' "$id")"
  until_ok 180 healthy_again "$id" "$((lives + 1))" || fail "$1 did not heal: $(docker inspect -f '{{.State.Status}}, {{.State.Health.Status}}, restarted {{.RestartCount}} times' "$id")"
  echo "$1 was killed, restarted and healthy within $((SECONDS - since)) s"
}
