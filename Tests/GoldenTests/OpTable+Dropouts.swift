import Tern

/// The stream that `cases_random.py` draws from.
private func generator() -> Generator { Generator(seed: 0x0123_4567_89AB_CDEF) }

extension OpTable {
    mutating func addDropouts() {
        one("dropout1d", ["", "one"]) { dropout1d($0, probability: 0.25, generator: generator()) }
        one("dropout2d", ["", "one"]) { dropout2d($0, probability: 0.25, generator: generator()) }
        one("dropout3d") { dropout3d($0, probability: 0.25, generator: generator()) }
        one("dropPath") { dropPath($0, probability: 0.25, generator: generator()) }
        one("alphaDropout") { alphaDropout($0, probability: 0.3, generator: generator()) }
        one("featureAlphaDropout") { featureAlphaDropout($0, probability: 0.3, generator: generator()) }
    }
}
