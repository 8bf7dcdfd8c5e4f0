import FuzzTargets

#if LIBFUZZER
import CFuzzer
import Glibc
import Synchronization

/// libFuzzer, which goes where the coverage leads.
enum Engine {
    /// What libFuzzer's callback, which carries no context, runs; set once before it starts.
    private static let target = Mutex<FuzzTarget?>(nil)

    static func run(_ target: FuzzTarget, _ options: [String]) -> Int32 {
        self.target.withLock { $0 = target }
        let arguments = ["fuzz", "-max_len=\(target.bytesMax)"] + options
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var count = Int32(arguments.count)
        return pointers.withUnsafeMutableBufferPointer { buffer in
            var start = buffer.baseAddress
            return LLVMFuzzerRunDriver(&count, &start) { data, size in
                let run = Engine.target.withLock { $0?.run }
                run?(Array(UnsafeBufferPointer(start: data, count: size)))
                return 0
            }
        }
    }
}
#endif
