import AWSProtocol
import CloudTrail
import Doors
import IAM
import KMS
import Operations
import SecretsManager
import Storage
import Trail

import struct Foundation.Date

/// What `/metrics` shows: every part's own counters, read when asked.
///
/// Labels come from lists that this program has, never from requests: no key, no account, no address.
struct MetricsPage: Sendable {
    /// What is told of the seal.
    struct Seal: Sendable {
        let kind: String
        let rootKeyVersion: UInt32
        let rootKeyCreatedAt: Date?
    }

    let requests: RequestMetrics
    let doors: [DoorMeter]
    let kms: KeyManagementService
    let secrets: SecretsManagerService
    let identities: IdentityDirectory
    let store: StoreMeter
    let storeEngine: String
    let follower: ChangeFollower
    let background: BackgroundMeter
    let trail: TrailWriter
    let notifications: NotificationMeter
    let deliveries: DeliveryQueue
    let rotations: RotationMeter
    let seal: @Sendable () -> Seal
    let readiness: ReadinessMonitor
    let startedAt: Date

    func text() -> [UInt8] {
        var text = PrometheusText()
        writeRequests(to: &text)
        writeDoors(to: &text)
        writeCaches(to: &text)
        writeStore(to: &text)
        writeTrail(to: &text)
        notifications.write(deliveries, to: &text)
        rotations.write(to: &text)
        writeSeal(to: &text)
        writeBackground(to: &text)
        writeProcess(to: &text)
        return text.bytes
    }
}

// MARK: Requests and doors

extension MetricsPage {
    private func writeRequests(to text: inout PrometheusText) {
        let summaries = requests.summaries.filter { $0.isServed || $0.latency.count > 0 }
        text.begin(
            "strongroom_requests_total",
            .counter,
            "Requests answered, by operation and result: success, denied, invalid, throttled or failed."
        )
        for summary in summaries {
            for result in RequestResult.allCases {
                let count = summary.requests.filter { $0.result == result }.reduce(0) { $0 + $1.count }
                text.sample(Self.labels(of: summary) + [("result", result.label)], count)
            }
        }
        text.begin(
            "strongroom_lane_requests_total",
            .counter,
            "Requests answered from memory on their event loop (fast) or by a task that may wait (slow)."
        )
        for lane in RequestLane.allCases {
            let count = summaries.reduce(UInt64(0)) { sum, summary in
                sum + summary.requests.filter { $0.lane == lane }.reduce(0) { $0 + $1.count }
            }
            text.sample([("lane", lane.label)], count)
        }
        text.begin(
            "strongroom_request_duration_seconds",
            .histogram,
            "From a request read whole to its answer; operations appear with their first request."
        )
        for summary in summaries where summary.latency.count > 0 {
            text.histogram(Self.labels(of: summary), summary.latency)
        }
    }

    private static func labels(of summary: RequestMetrics.Summary) -> PrometheusText.Labels {
        [("service", summary.service), ("operation", summary.operation)]
    }

    private func writeDoors(to text: inout PrometheusText) {
        text.begin("strongroom_connections_total", .counter, "Connections accepted.")
        for door in doors { text.sample([("door", door.name)], door.connections) }
        text.begin("strongroom_open_connections", .gauge, "Connections open now.")
        for door in doors { text.sample([("door", door.name)], door.openConnections) }
        text.begin(
            "strongroom_requests_in_flight",
            .gauge,
            "Requests that wait for their answer in a task or on a thread for long work."
        )
        for door in doors { text.sample([("door", door.name)], door.requestsInFlight) }
        text.begin(
            "strongroom_tls_handshakes_failed_total",
            .counter,
            "Connections that ended before TLS was agreed on."
        )
        for door in doors where door.isSecure { text.sample([("door", door.name)], door.failedHandshakes) }
    }
}

// MARK: What is kept in memory and on disk

extension MetricsPage {
    private func writeCaches(to text: inout PrometheusText) {
        let secretCache = secrets.cacheStatistics
        let caches = [
            Cache(keys: kms.cacheStatistics), Cache(credentials: identities.cacheStatistics),
            Cache("secrets", secretCache.secrets), Cache("secret-values", secretCache.values),
        ]
        text.begin("strongroom_cache_entries", .gauge, "Entries in memory.")
        for cache in caches { text.sample([("cache", cache.name)], cache.entries) }
        text.begin("strongroom_cache_entries_limit", .gauge, "Entries that memory is given for.")
        for cache in caches {
            if let limit = cache.entriesMax { text.sample([("cache", cache.name)], limit) }
        }
        text.begin("strongroom_cache_hits_total", .counter, "Look-ups that found an entry in memory.")
        for cache in caches { text.sample([("cache", cache.name)], cache.hits) }
        text.begin(
            "strongroom_cache_misses_total",
            .counter,
            "Entries that were looked for in the store instead."
        )
        for cache in caches { text.sample([("cache", cache.name)], cache.misses) }
        text.begin("strongroom_cache_evictions_total", .counter, "Entries that left for want of room.")
        for cache in caches { text.sample([("cache", cache.name)], cache.evictions) }
    }

    /// The numbers of one cache, whosever it is.
    private struct Cache {
        let name: String
        let entries: Int
        /// Nil for a cache that is bounded in bytes.
        let entriesMax: Int?
        let hits: UInt64
        let misses: UInt64
        let evictions: UInt64

        init(keys: KeyCacheStatistics) {
            name = "keys"
            entries = keys.entries
            entriesMax = keys.entriesMax
            hits = keys.hits
            misses = keys.misses
            evictions = keys.evictions
        }

        init(_ name: String, _ secrets: SecretCacheStatistics.Numbers) {
            self.name = name
            entries = secrets.entries
            entriesMax = secrets.entriesMax
            hits = secrets.hits
            misses = secrets.misses
            evictions = secrets.evictions
        }

        init(credentials: CredentialCacheStatistics) {
            name = "credentials"
            entries = credentials.entries
            entriesMax = credentials.entriesMax
            hits = credentials.hits
            misses = credentials.misses
            evictions = credentials.evictions
        }
    }

    private func writeStore(to text: inout PrometheusText) {
        text.begin("strongroom_store_info", .gauge, "The engine that keeps the records.")
        text.sample([("engine", storeEngine)], 1)
        let commits = store.commits
        text.begin("strongroom_store_commits_total", .counter, "Batches that were committed.")
        text.sample(commits.count)
        text.begin(
            "strongroom_store_commit_failures_total",
            .counter,
            "Batches that were not; conflict is no fault: another writer was first, and the change is tried again."
        )
        for failure in StoreMeter.Failure.allCases {
            text.sample([("reason", failure.label)], store.count(of: failure))
        }
        text.begin(
            "strongroom_store_commit_duration_seconds",
            .histogram,
            "How long committed batches took until they were on disk."
        )
        text.histogram([], commits)
        text.begin(
            "strongroom_feed_position",
            .gauge,
            "The last change of the store that this process has seen."
        )
        text.sample(Int(follower.sequence))
        text.begin("strongroom_feed_age_seconds", .gauge, "Time since the feed of changes was last read.")
        text.sample(background.reading.feedAgeSeconds ?? .nan)
    }

    private func writeTrail(to text: inout PrometheusText) {
        let statistics = trail.statistics
        text.begin("strongroom_trail_events_total", .counter, "Audit events written.")
        text.sample(statistics.events)
        text.begin("strongroom_trail_bytes_total", .counter, "Bytes of audit events written.")
        text.sample(statistics.bytes)
        text.begin("strongroom_trail_failures_total", .counter, "Audit events that could not be written.")
        text.sample(statistics.failures)
        text.begin("strongroom_trail_lanes", .gauge, "Chains that are written side by side.")
        text.sample(trail.laneCount)
        text.begin(
            "strongroom_trail_failing_lanes",
            .gauge,
            "Chains that could not be written when last tried."
        )
        text.sample(statistics.failingLanes)
        text.begin(
            "strongroom_trail_writable",
            .gauge,
            "1 while audit events can be written; requests fail otherwise."
        )
        text.sample(trail.isWritable ? 1 : 0)
        text.begin(
            "strongroom_trail_sealed_segments_total",
            .counter,
            "Segments closed with a signed digest."
        )
        text.sample(statistics.sealedSegments)
        text.begin(
            "strongroom_trail_last_sealed_timestamp_seconds",
            .gauge,
            "When a segment was last sealed; 0 before the first."
        )
        text.sample(statistics.lastSealed?.timeIntervalSince1970 ?? 0)
    }

    private func writeSeal(to text: inout PrometheusText) {
        let seal = seal()
        text.begin("strongroom_seal_info", .gauge, "What seals the root keyring.")
        text.sample([("kind", seal.kind)], 1)
        text.begin(
            "strongroom_root_key_version",
            .gauge,
            "The version of the root key that new records are sealed under."
        )
        text.sample(Int(seal.rootKeyVersion))
        text.begin("strongroom_root_key_created_timestamp_seconds", .gauge, "When that version was made.")
        text.sample(seal.rootKeyCreatedAt?.timeIntervalSince1970 ?? 0)
    }
}

// MARK: The process

extension MetricsPage {
    private func writeBackground(to text: inout PrometheusText) {
        let reading = background.reading
        text.begin(
            "strongroom_scheduler_tasks_total",
            .counter,
            "Rotations, expiries and deletions carried out, and failures."
        )
        text.sample([("result", "done")], reading.tasksDone)
        text.sample([("result", "failed")], reading.tasksFailed)
        text.begin(
            "strongroom_scheduler_last_run_timestamp_seconds",
            .gauge,
            "When due tasks were last looked for without failing; 0 before the first time."
        )
        text.sample(reading.lastRun?.timeIntervalSince1970 ?? 0)
    }

    private func writeProcess(to text: inout PrometheusText) {
        text.begin("strongroom_ready", .gauge, "1 while /readyz says so.")
        text.sample(readiness.report().isReady ? 1 : 0)
        text.begin("strongroom_build_info", .gauge, "The version of the program.")
        text.sample([("version", Release.version)], 1)
        text.begin("strongroom_process_start_time_seconds", .gauge, "When the process started.")
        text.sample(startedAt.timeIntervalSince1970)
        let process = ProcessStatistics.current()
        if let seconds = process.cpuSeconds {
            text.begin(
                "strongroom_process_cpu_seconds_total",
                .counter,
                "Processor time used, user and system."
            )
            text.sample(seconds)
        }
        if let bytes = process.residentBytes {
            text.begin("strongroom_process_resident_memory_bytes", .gauge, "Memory in use.")
            text.sample(bytes)
        }
        if let files = process.openFiles {
            text.begin("strongroom_process_open_fds", .gauge, "Files and sockets open.")
            text.sample(files)
        }
        if let files = process.openFilesMax {
            text.begin("strongroom_process_max_fds", .gauge, "Files and sockets that may be open.")
            text.sample(files)
        }
    }
}
