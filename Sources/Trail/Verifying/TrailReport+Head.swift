package import struct Foundation.Date

extension TrailReport {
    /// The verified ends of the lanes, signed, to be published elsewhere; nil when there is no record yet.
    ///
    /// It is taken from the files and not from a running writer, which may have gone on meanwhile: a head that
    /// the trail has outgrown is still one that it must hold.
    package func head(signedBy signer: TrailSigner, now: Date) throws(TrailError) -> TrailHead? {
        guard let trail else { return nil }
        return try TrailHead(trail: trail, now: now, lanes: lanes.map(\.end), signer: signer)
    }
}
