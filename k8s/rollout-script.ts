import { API_SERVER_PORTS } from "../config/topology.ts";
import { ROLLOUT_JUDGEMENT } from "./rollout-judgement.ts";

/**
 * The program that waits for a rollout, in Ruby with only its standard library. It needs no gem, no
 * Rails, and no secret except its own token. It reads Deployments, ReplicaSets and pods of its
 * namespace from the API server. Each read is consistent (no `resourceVersion`), so an old event is
 * never mistaken for the current state. Operators read its output.
 */

/** Files of the pod's own token and of the CA, at the standard path. */
export const TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * Row of the table that allows the step's connection. The policy's name in the cluster begins with
 * it.
 */
export const API_SERVER_FLOW = "api-server";

/** Seconds between two looks, each of three small answers. */
const PAUSE_SECONDS = 2;

/** Seconds for an API server that has never answered: the cause is a policy, not an outage. */
const NEVER_SECONDS = 30;

/**
 * Seconds for one that has answered before: without `highAvailability` it is down for minutes
 * during upgrades.
 */
const AWAY_SECONDS = 300;

/**
 * Minimum duration of a failing step, seconds. Otherwise its output may reach Pulumi's provider
 * after the Job's end, and is lost (measured: 2 of 2 lost, of slower ones none).
 */
const SHORTEST_SECONDS = 5;

/** The pod's status has the last 2 KiB, which one of Kubernetes' messages could fill. */
const MESSAGE_CHARACTERS = 700;

/**
 * Its arguments are the namespace, the time limit in seconds, and the Deployments with their
 * digests as JSON.
 */
export const ROLLOUT_SCRIPT = `require "json"
require "net/http"
require "openssl"
require "time"
$stdout.sync = true

${ROLLOUT_JUDGEMENT}
CURES = {
  "image" => "See that the registry has this image and gives it to this cluster (config/images.ts).",
  "config" => "It names a Secret, a ConfigMap, a key or a program that is not there. Run pulumi up --refresh, which makes anew what is gone.",
  "crash" => "Read its log: kubectl -n %<namespace>s logs %<pod>s -c %<container>s --previous",
  "restarted" => "It ran and was ended, by its startup or liveness probe or for want of memory: kubectl -n %<namespace>s describe pod %<pod>s",
  "refused" => "The cluster refuses its pods. Pod Security and quotas say what they want: kubectl -n %<namespace>s describe replicaset",
  "evicted" => "Its pods are ended as soon as they run: kubectl -n %<namespace>s describe pod %<pod>s",
  "room" => "No node has room for it. More or larger nodes: mastodon:cluster.workloadPool (docs/operate.md, Growing).",
  "creating" => "Its node can't make it, for a volume or an image that does not come: kubectl -n %<namespace>s describe pod %<pod>s",
  "unready" => "It runs and does not answer its probe: kubectl -n %<namespace>s describe pod %<pod>s",
  "progress" => "Look at what its newest pods do: kubectl -n %<namespace>s get pods"
}.freeze
NAMESPACE, SECONDS, DIGESTS = ARGV[0], Integer(ARGV[1]), JSON.parse(ARGV[2])
NAMES = DIGESTS.keys
HOST = ENV.fetch("KUBERNETES_SERVICE_HOST")
PORT = Integer(ENV.fetch("KUBERNETES_SERVICE_PORT"))

Refused = Class.new(StandardError)
Away = Class.new(StandardError)

def clock = Process.clock_gettime(Process::CLOCK_MONOTONIC)
BEGAN = clock

def short(text) = text.to_s.strip[0, ${MESSAGE_CHARACTERS}]

# Says why, and ends the step.
def give_up(*lines)
  sleep([${SHORTEST_SECONDS} - (clock - BEGAN), 0].max)
  warn(*lines.compact)
  warn "No later step of the release was begun: what ran before goes on running. Mend it, or go back, and run pulumi up again (docs/runbook.md, \\"A failed release\\")."
  exit 1
end

def ask(http, path, query = {})
  request = Net::HTTP::Get.new("#{path}?#{URI.encode_www_form(query)}")
  request["Authorization"] = "Bearer #{File.read("${TOKEN_FOLDER}/token").strip}"
  request["Accept"] = "application/json"
  answer = http.request(request)
  raise Refused, "#{path} answered #{answer.code}: #{short(answer.body)}" if %w[403 404].include?(answer.code)
  raise Away, "#{path} answered #{answer.code}" unless answer.code == "200"

  $since ||= Time.httpdate(answer["Date"])
  JSON.parse(answer.body)
end

def connected
  http = Net::HTTP.new(HOST, PORT, nil)
  http.use_ssl = true
  http.ca_file = "${TOKEN_FOLDER}/ca.crt"
  http.verify_mode = OpenSSL::SSL::VERIFY_PEER
  http.open_timeout = 5
  http.read_timeout = 20
  http.start { yield http }
rescue SystemCallError, SocketError, IOError, Timeout::Error, OpenSSL::SSL::SSLError, JSON::ParserError,
       Net::ProtocolError => error
  raise Away, "#{error.class}: #{error.message}"
end

def look
  connected do |http|
    apps = "/apis/apps/v1/namespaces/#{NAMESPACE}"
    [
      ask(http, "#{apps}/deployments").fetch("items"),
      ask(http, "#{apps}/replicasets").fetch("items"),
      ask(http, "/api/v1/namespaces/#{NAMESPACE}/pods").fetch("items")
    ]
  end
end

# A probe's words stand in events alone.
def warnings_of(object)
  return [] if object.nil?

  fields = "involvedObject.uid=#{uid(object)},type=Warning"
  events = connected { |http| ask(http, "/api/v1/namespaces/#{NAMESPACE}/events", fieldSelector: fields) }
  events.fetch("items").last(2).map { |event| "  Warning #{event["reason"]}: #{short(event["message"])[0, 300]}" }
rescue Away, Refused
  []
end

def stop_for(deployment, fault)
  pod, container = fault.values_at(:pod, :container)
  where = [
    pod && "pod #{name(pod)}",
    pod && pod.dig("spec", "nodeName") && "on #{pod.dig("spec", "nodeName")}",
    container && "container #{container} (#{fault[:image]})"
  ].compact.join(", ")
  cure = format(CURES.fetch(fault[:fault]), namespace: NAMESPACE, pod: pod && name(pod), container: container)
  give_up(
    "#{name(deployment)} can't be rolled out: #{fault[:reason]}#{", #{where}" unless where.empty?}",
    fault[:message] && "  Kubernetes: #{short(fault[:message])}",
    fault[:ended] && "  It ended: #{fault[:ended]}",
    fault[:said].to_s.empty? ? nil : "  Its last words: #{fault[:said][-${MESSAGE_CHARACTERS}..] || fault[:said]}",
    *warnings_of(pod),
    cure
  )
end

def report(standings)
  lines = standings.map { |deployment, one| "#{deployment}: #{one[:done] ? "done" : one[:says]}" }
  return if lines == $reported

  $reported = lines
  puts "#{(clock - BEGAN).round} s  #{lines.join("; ")}"
end

def left(standings)
  standings.reject { |_, one| one[:done] }.flat_map do |deployment, one|
    ["  #{deployment}: #{one[:says]}"] + one[:old].first(5).map do |pod|
      "    #{name(pod)} on #{pod.dig("spec", "nodeName")}#{", told to end at #{pod.dig("metadata", "deletionTimestamp")}" if leaving?(pod)}"
    end
  end
end

memory = {}
answered = nil
standings = {}
puts "Waits until #{NAMES.join(", ")} run as this update has them, and no older pod is left."
loop do
  begin
    deployments, replica_sets, pods = look
    answered = clock
    standings = NAMES.to_h do |wanted|
      deployment = deployments.find { |one| name(one) == wanted }
      give_up("There is no Deployment #{wanted} in #{NAMESPACE}: somebody deleted it.", "Run pulumi up --refresh, which makes it anew.") if deployment.nil?
      one = judge(deployment, replica_sets, pods, memory, clock, $since)
      stop_for(deployment, one[:fault]) if one[:fault]
      [wanted, one]
    end
    report(standings)
    break if standings.values.all? { |one| one[:done] }
  rescue Refused => error
    give_up("The API server refuses what this step asks: #{error.message}", "Its Role must let it list deployments, replicasets, pods and events. Run pulumi up --refresh, which makes anew what is gone.")
  rescue Away => error
    gone = clock - (answered || BEGAN)
    if answered.nil? && gone > ${NEVER_SECONDS}
      give_up(
        "The API server at #{HOST}:#{PORT} can't be reached from this pod: #{error.message}",
        "The NetworkPolicy network-${API_SERVER_FLOW}-... must let it out, by TCP on ${API_SERVER_PORTS.join(" or ")}. On another port: kubectl -n default get endpointslices -l kubernetes.io/service-name=kubernetes, and API_SERVER_PORTS in config/topology.ts."
      )
    end
    give_up("The API server at #{HOST}:#{PORT} has not answered for #{gone.round} s: #{error.message}") if gone > ${AWAY_SECONDS}
  end
  give_up("Not rolled out after #{SECONDS} s:", *left(standings), "A pod that is told to end and does not go is on a node that is gone: kubectl get nodes") if clock - BEGAN > SECONDS
  sleep ${PAUSE_SECONDS}
end
puts "Rolled out after #{(clock - BEGAN).round} s; no older pod is left."
`;
