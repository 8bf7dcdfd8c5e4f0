import BenchmarkKit
import CBenchmark
import Glibc

/// One thread's share of a load: its connections, and the loop that asks and hears answers.
final class LoadThread {
    private let plan: LoadPlan
    private let number: Int
    private let poll: Int32
    private var connections: [LoadConnection?] = []
    /// Connections that wait for nothing, the one that has done so longest first.
    private var idle: IdleQueue
    private var nextRequest: Int
    private var tally = LoadTally()
    private var busyCount = 0
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 16)

    init(_ plan: LoadPlan, number: Int) throws(LoadError) {
        self.plan = plan
        self.number = number
        nextRequest = number % plan.requests.count
        idle = IdleQueue(capacity: (plan.connections + plan.threads - 1) / plan.threads * plan.streams)
        poll = epoll_create1(0)
        guard poll >= 0 else { throw .lastSystemError("epoll_create1") }
    }

    deinit {
        buffer.deallocate()
        close(poll)
    }

    /// Opens this thread's connections, no faster than the plan says.
    func connect() throws(LoadError) {
        let count = share(of: plan.connections)
        let interval = 1e9 * Double(plan.threads) / plan.connectionRate
        let start = MonotonicClock.now
        for index in 0..<count {
            MonotonicClock.sleep(until: start + UInt64(Double(index) * interval))
            let transport = try Transport(to: plan.address, tls: plan.tls)
            let connection = LoadConnection(transport, isHTTP2: plan.isHTTP2)
            if plan.isHTTP2 { try connection.greet() }
            if plan.asksAtOnce { try connection.exchange(plan.requests[0], expecting: plan.expectation) }
            connections.append(connection)
            try watch(connection, index, EPOLL_CTL_ADD, EPOLLIN.rawValue)
        }
        // Every stream of a connection waits for nothing; all connections first, then all again.
        for _ in 0..<plan.streams {
            for index in 0..<count { idle.append(index) }
        }
    }

    /// Asks until the end, then waits for what is under way.
    func run(_ times: LoadPlan.Times) throws(LoadError) -> LoadTally {
        MonotonicClock.sleep(until: times.start)
        switch plan.pace {
        case .closed:
            try runClosed(times, quota: .max)
        case .counted(let count):
            try runClosed(times, quota: share(of: count))
        case .open(let rate):
            try runOpen(times, rate: rate / Double(plan.threads))
        }
        return tally
    }

    private func share(of total: Int) -> Int {
        (total + plan.threads - 1 - number) / plan.threads
    }

    private func runClosed(_ times: LoadPlan.Times, quota: Int) throws(LoadError) {
        var left = quota
        func askIdle() {
            while left > 0, !idle.isEmpty {
                let now = MonotonicClock.now
                guard now < times.end, let index = idle.popFirst() else { return }
                left -= 1
                ask(index, countedFrom: now)
            }
        }
        askIdle()
        while busyCount > 0 {
            guard MonotonicClock.now < times.deadline else { return abandon() }
            try wait(atMost: 100_000_000)
            receive(counting: { $1 >= times.countedFrom && $1 < times.end }, then: askIdle)
        }
        if left > 0, MonotonicClock.now < times.end { tally.note("no connection is left") }
    }

    private func runOpen(_ times: LoadPlan.Times, rate: Double) throws(LoadError) {
        var schedule = OpenLoop(
            rate: rate,
            from: times.start,
            to: times.end,
            phase: Double(number) / Double(plan.threads)
        )
        var now = MonotonicClock.now
        while true {
            while !idle.isEmpty, let due = schedule.take(now: now), let index = idle.popFirst() {
                ask(index, countedFrom: due)
            }
            guard schedule.due != nil || busyCount > 0 else { return }
            guard now < times.deadline else {
                // What is overdue has waited too, though no connection was free for it.
                while let due = schedule.take(now: now) { giveUp(due, now) }
                return abandon()
            }
            guard busyCount > 0 || !idle.isEmpty else { return tally.note("no connection is left") }
            // With no connection idle there is nothing to do before an answer comes.
            let due = idle.isEmpty ? nil : schedule.due
            try wait(atMost: due.map { $0 > now ? $0 - now : 0 } ?? 100_000_000)
            receive(counting: { due, _ in due >= times.countedFrom && due < times.end }, then: {})
            now = MonotonicClock.now
        }
    }

    /// Gives up on what is under way, which took at least until now.
    private func abandon() {
        let now = MonotonicClock.now
        for asked in connections.flatMap({ $0?.askedTimes ?? [] }) { giveUp(asked, now) }
    }

    private func giveUp(_ asked: UInt64, _ now: UInt64) {
        tally.latencies.record(now - asked)
        tally.unanswered += 1
    }

    // MARK: Asking

    private func ask(_ index: Int, countedFrom time: UInt64) {
        guard let connection = connections[index] else { return }
        let request = plan.requests[nextRequest]
        nextRequest = (nextRequest + plan.threads) % plan.requests.count
        busyCount += 1
        let wasWaiting = !connection.unsent.isEmpty
        conclude(connection.ask(request, at: time), connection, index, wasWaiting: wasWaiting)
    }

    /// Waits for room to write where not all was taken, and no longer where all was.
    private func conclude(
        _ outcome: TransferOutcome,
        _ connection: LoadConnection,
        _ index: Int,
        wasWaiting: Bool
    ) {
        switch outcome {
        case .bytes, .wait:
            let isWaiting = !connection.unsent.isEmpty
            guard isWaiting != wasWaiting else { return }
            rewatch(connection, index, EPOLLIN.rawValue | (isWaiting ? EPOLLOUT.rawValue : 0))
        case .closed: drop(index, "closed by the server")
        case .failed(let reason): drop(index, reason)
        }
    }

    private func drop(_ index: Int, _ reason: String, answer: String? = nil) {
        tally.note(reason, answer: answer)
        // Closing takes the socket out of the poll.
        busyCount -= connections[index]?.askedTimes.count ?? 0
        connections[index] = nil
    }

    // MARK: Hearing

    private var events = [epoll_event](repeating: epoll_event(), count: 256)
    private var eventCount = 0

    private func wait(atMost nanoseconds: UInt64) throws(LoadError) {
        var limit = timespec(
            tv_sec: Int(nanoseconds / 1_000_000_000),
            tv_nsec: Int(nanoseconds % 1_000_000_000)
        )
        let count = epoll_pwait2(poll, &events, Int32(events.count), &limit, nil)
        guard count >= 0 || errno == EINTR else { throw .lastSystemError("epoll_pwait2") }
        eventCount = max(0, Int(count))
    }

    /// Reads what has come, and after each connection does what is next.
    ///
    /// `isCounted` says of the times asked and answered whether they count. Every answer here was there when
    /// the poll returned, so that is the time it came.
    private func receive(counting isCounted: (UInt64, UInt64) -> Bool, then next: () -> Void) {
        let now = MonotonicClock.now
        for event in events[0..<eventCount] {
            let index = Int(event.data.u64)
            guard let connection = connections[index] else { continue }
            if event.events & EPOLLOUT.rawValue != 0, !connection.unsent.isEmpty {
                conclude(connection.sendRest(), connection, index, wasWaiting: true)
            }
            read(connection, index, now, isCounted)
            next()
        }
    }

    private func read(
        _ connection: LoadConnection,
        _ index: Int,
        _ now: UInt64,
        _ isCounted: (UInt64, UInt64) -> Bool
    ) {
        while connections[index] != nil {
            switch connection.transport.read(into: buffer) {
            case .bytes(let count):
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[0..<count])
                var unexpected: String?
                var answers = 0
                connection.take(bytes, expecting: plan.expectation) { seen in
                    unexpected = String(decoding: seen.prefix(600), as: UTF8.self)
                } _: { arrival in
                    answers += 1
                    note(arrival, index, now, unexpected, isCounted)
                }
                // Where one answer was waited for there is nothing more to read.
                if answers > 0, !plan.isHTTP2 { return }
            case .wait: return
            case .closed: return drop(index, "closed by the server")
            case .failed(let reason): return drop(index, reason)
            }
        }
    }

    private func note(
        _ arrival: LoadConnection.Arrival,
        _ index: Int,
        _ now: UInt64,
        _ unexpected: String?,
        _ isCounted: (UInt64, UInt64) -> Bool
    ) {
        switch arrival {
        case .fault(let reason): drop(index, reason, answer: unexpected)
        case .answer(let isExpected, let asked):
            busyCount -= 1
            idle.append(index)
            tally.lastAnswer = now
            if !isExpected {
                tally.note("unexpected answer", answer: unexpected)
            } else if isCounted(asked, now) {
                tally.latencies.record(now - asked)
            }
        }
    }

    // MARK: Polling

    private func watch(
        _ connection: LoadConnection,
        _ index: Int,
        _ operation: Int32,
        _ events: UInt32
    ) throws(LoadError) {
        var event = epoll_event()
        event.events = events
        event.data.u64 = UInt64(index)
        guard epoll_ctl(poll, operation, connection.transport.descriptor, &event) == 0 else {
            throw .lastSystemError("epoll_ctl")
        }
    }

    private func rewatch(_ connection: LoadConnection, _ index: Int, _ events: UInt32) {
        do throws(LoadError) {
            try watch(connection, index, EPOLL_CTL_MOD, events)
        } catch {
            drop(index, "\(error)")
        }
    }
}

/// Numbers of connections, first in, first out.
private struct IdleQueue {
    private var ring: [Int]
    private var first = 0
    private var count = 0

    init(capacity: Int) {
        ring = Array(repeating: 0, count: max(1, capacity))
    }

    var isEmpty: Bool { count == 0 }

    mutating func append(_ index: Int) {
        precondition(count < ring.count, "a connection is idle once")
        ring[(first + count) % ring.count] = index
        count += 1
    }

    mutating func popFirst() -> Int? {
        guard count > 0 else { return nil }
        defer {
            first = (first + 1) % ring.count
            count -= 1
        }
        return ring[first]
    }
}
