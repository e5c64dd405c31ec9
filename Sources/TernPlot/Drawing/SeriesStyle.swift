/// How a series is told from the others: by one of eight colours; those after the eighth have the same colours again, but
/// lines with dashes, and areas that are filled more weakly and have an outline.
struct SeriesStyle: Equatable {
    /// From 1.
    let color: Int
    /// How many times all colours were used before.
    let round: Int

    /// - Parameter number: of the series, from 1.
    init(_ number: Int) {
        let (round, place) = (number - 1).quotientAndRemainder(dividingBy: Palette.light.series.count)
        (self.round, color) = (round, place + 1)
    }

    /// The class that gives the colour.
    var name: String { "s\(color)" }

    /// The lengths of dashes and gaps of a line; `nil` if there are none. A line that is dashed on its own account has
    /// short dashes, those of later rounds have dots between the dashes, one for each round.
    func dashes(isDashed: Bool) -> String? {
        if round == 0 && !isDashed { return nil }
        return (isDashed ? "6 4" : "14 5") + String(repeating: " 1 5", count: min(round, 12))
    }

    /// The attributes of an area.
    var fill: String {
        round == 0 ? "" : "fill-opacity=\"\([".4", ".1", ".7"][(round - 1) % 3])\" stroke=\"currentColor\""
    }
}
