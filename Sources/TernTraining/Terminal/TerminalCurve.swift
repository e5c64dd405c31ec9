/// The means of a value over steps, in few enough places to be drawn, however many steps there are.
struct TerminalCurve {
    /// A place has the mean of this many steps.
    private(set) var stride = 1
    private var first: Int?
    private var places: [Place] = []
    /// The value that was last added.
    private(set) var last: Double?

    private static let mostPlaces = 4096

    private struct Place {
        var sum = 0.0
        var count = 0
    }

    /// Adds the value of a step; steps come in ascending order. One that is not finite is a gap.
    mutating func append(_ value: Double, at step: Int) {
        last = value
        let first = first ?? step
        self.first = first
        while (step - first) / stride >= Self.mostPlaces {
            if places.count % 2 == 1 { places.append(Place()) }
            places = (0..<places.count / 2).map { index in
                let (a, b) = (places[2 * index], places[2 * index + 1])
                return Place(sum: a.sum + b.sum, count: a.count + b.count)
            }
            stride *= 2
        }
        let place = max(0, (step - first) / stride)
        while places.count <= place { places.append(Place()) }
        if value.isFinite {
            places[place].sum += value
            places[place].count += 1
        }
    }

    /// The step in the middle of each place, with its mean; NaN is a gap.
    var points: [(step: Double, value: Double)] {
        places.enumerated().map { index, place in
            let step = Double(first ?? 0) + (Double(index) + 0.5) * Double(stride) - 0.5
            return (step, place.count == 0 ? .nan : place.sum / Double(place.count))
        }
    }
}
