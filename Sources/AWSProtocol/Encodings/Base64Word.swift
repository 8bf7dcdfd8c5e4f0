/// Eight letters of base64 at a time in one machine word, without branches or tables.
///
/// A word is eight lanes of one byte. No sum or difference below crosses from one lane into the next, because
/// every lane stays within 0 to 255.
enum Base64Word {
    /// The letters of the upper six bytes of a word, the first in the highest byte.
    static func letters(of bytes: UInt64) -> UInt64 {
        let octets = bytes >> 16
        // Spread 48 bits over lanes of 24, of 12 and of 6.
        let wide = octets << 8 & 0x00FF_FFFF_0000_0000 | octets & 0x00FF_FFFF
        let half = wide << 4 & 0x0FFF_0000_0FFF_0000 | wide & 0x0000_0FFF_0000_0FFF
        let sextets = half << 2 & 0x3F00_3F00_3F00_3F00 | half & 0x003F_003F_003F_003F
        return sextets &+ ByteLanes.ones &* 65
            &+ ByteLanes.flags(sextets, atLeast: 26) &* 6
            &- ByteLanes.flags(sextets, atLeast: 52) &* 75
            &- ByteLanes.flags(sextets, atLeast: 62) &* 15
            &+ ByteLanes.flags(sextets, atLeast: 63) &* 3
    }

    /// The six bytes of eight letters, in the upper bytes of a word; nil when a letter is not valid.
    static func bytes(of letters: UInt64) -> UInt64? {
        let upper = ByteLanes.flags(letters, within: 65...90)
        let lower = ByteLanes.flags(letters, within: 97...122)
        let digits = ByteLanes.flags(letters, within: 48...57)
        let plus = ByteLanes.flags(letters, within: 43...43)
        let slash = ByteLanes.flags(letters, within: 47...47)
        // The flags of a byte above 127 are meaningless, so such words go first.
        guard letters & ByteLanes.highs == 0, upper | lower | digits | plus | slash == ByteLanes.ones
        else { return nil }
        let sextets =
            letters &- upper &* 65 &- lower &* 71 &+ digits &* 4 &+ plus &* 19 &+ slash &* 16
        let half = (sextets & 0x3F00_3F00_3F00_3F00) >> 2 | sextets & 0x003F_003F_003F_003F
        let wide = (half & 0x0FFF_0000_0FFF_0000) >> 4 | half & 0x0000_0FFF_0000_0FFF
        let octets = (wide & 0x00FF_FFFF_0000_0000) >> 8 | wide & 0x00FF_FFFF
        return octets << 16
    }
}
