/// Makes inputs out of seeds and words; the same ones for the same number.
struct Mutator {
    private var random: SplitMix
    private let seeds: [[UInt8]]
    private let words: [[UInt8]]
    private let bytesMax: Int

    init(seed: UInt64, seeds: [[UInt8]], words: [[UInt8]], bytesMax: Int) {
        random = SplitMix(state: seed)
        self.seeds = seeds.isEmpty ? [[]] : seeds
        self.words = words.isEmpty ? [[0]] : words
        self.bytesMax = bytesMax
    }

    mutating func next() -> [UInt8] {
        var input = pick(seeds)
        for _ in 0...below(6) { change(&input) }
        return Array(input.prefix(bytesMax))
    }

    private mutating func change(_ input: inout [UInt8]) {
        let place = below(input.count + 1)
        let end = min(input.count, place + below(16))
        switch below(7) {
        case 0 where place < input.count: input[place] ^= 1 << UInt8(below(8))
        case 1 where place < input.count: input[place] = UInt8(below(256))
        case 2: input.removeSubrange(place..<end)
        case 3: input.insert(contentsOf: Array(input[place..<end]), at: below(input.count + 1))
        case 4:
            let other = pick(seeds)
            let start = below(other.count + 1)
            input.replaceSubrange(place..<end, with: other[start..<min(other.count, start + below(64))])
        case 5: input.insert(UInt8(below(256)), at: place)
        default: input.insert(contentsOf: pick(words), at: place)
        }
    }

    private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(max(bound, 1))) }

    private mutating func pick(_ choices: [[UInt8]]) -> [UInt8] { choices[below(choices.count)] }
}

/// SplitMix64: small, the same on every machine.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
