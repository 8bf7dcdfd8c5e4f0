/// How much the client lets the connection send (RFC 9113 section 5.2), shared out between the lane and the library.
///
/// Each counts what it sends against its own part, so neither has to ask the other; the parts together are what the
/// client allows. The library always has some: what is granted is its own until it has plenty, and when little is
/// left it gets half of the lane's part, or all where that is not much either. So it never waits for a client that
/// waits for the last byte it allowed.
struct SendAllowance {
    /// What the lane may send.
    private(set) var lane = 0
    /// What the library knows that it may send.
    private(set) var library = Self.atFirst

    /// What every client allows (RFC 9113 section 6.9.2).
    static let atFirst = 65_535
    static let max = Int(Int32.max)
    private static let little = 32 << 10
    private static let plenty = 48 << 10

    /// Takes what the client grants and gives how much the library has to be told of.
    mutating func granted(_ count: Int) -> Int {
        // Nobody may grant so much: the library hears all of it and ends the connection.
        let isBreach = lane + library + count > Self.max
        let told = isBreach ? lane + count : min(count, Swift.max(0, Self.plenty - library))
        lane += count - told
        library += told
        return min(told, Self.max)
    }

    mutating func laneSent(_ count: Int) { lane -= count }

    /// Notes what the library sent and gives how much more it has to be told of.
    mutating func librarySent(_ count: Int) -> Int {
        library -= count
        guard library < Self.little else { return 0 }
        let told = lane > Self.plenty ? lane / 2 : lane
        lane -= told
        library += told
        return told
    }
}

/// What the client sent on streams that the library knows nothing of, until it is given leave to send as much again.
struct ReceiveAllowance {
    private var taken = 0

    /// Little of what a connection may send; a frame for each request would cost more.
    static let takenMax = 8 << 10

    /// Gives how much the client may be told of; nil while that is not worth a frame.
    mutating func take(_ count: Int) -> Int? {
        taken += count
        guard taken >= Self.takenMax else { return nil }
        defer { taken = 0 }
        return taken
    }
}
