using CsCheck;
using EdgeVision.Delivery;

namespace EdgeVision.Tests.Delivery;

public sealed class SequenceRangesTests
{
    private static readonly Gen<(bool Add, long From, long To)> Step = Gen.Select(Gen.Bool, Gen.Long[1, 100], Gen.Long[0, 20], static (add, from, length) => (add, from, from + length - 1));

    [Fact]
    public void It_holds_the_same_numbers_as_a_set_would() => Step.Array[0, 60].Sample(static steps =>
    {
        var (ranges, set) = (new SequenceRanges(), new SortedSet<long>());
        foreach (var (add, from, to) in steps)
        {
            for (var n = from; n <= to; n++) _ = add ? set.Add(n) : set.Remove(n);
            if (add) ranges.Add(from, to);
            else if (to >= from) ranges.Remove(from, to);
        }

        Assert.Equal(set, Numbers(ranges));
        Assert.Equal((set.Count, set.Count == 0), (ranges.Count, ranges.IsEmpty));
        Assert.Equal(set, Numbers(SequenceRanges.Parse(ranges.ToString())!));
        if (set.Count > 0) Assert.Equal(set.Min, ranges.First.From);
    });

    [Fact]
    public void Ranges_that_touch_are_one()
    {
        var ranges = new SequenceRanges();
        ranges.Add(5, 6);
        ranges.Add(1, 2);
        ranges.Add(3, 4);
        Assert.Equal(("1-6", 1, 6), (ranges.ToString(), ranges.Ranges, ranges.Count));
    }

    [Fact]
    public void Of_very_many_the_closest_become_one_and_no_number_is_forgotten()
    {
        var ranges = new SequenceRanges();
        for (var n = 1; n <= 500; n++) ranges.Add((n * 10) + (n % 7), (n * 10) + (n % 7));
        Assert.Equal(SequenceRanges.Max, ranges.Ranges);
        Assert.Superset(Enumerable.Range(1, 500).Select(static n => (long)((n * 10) + (n % 7))).ToHashSet(), Numbers(ranges).ToHashSet());
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2-1")]
    [InlineData("0-1")]
    [InlineData("-1-1")]
    [InlineData("1-2,")]
    [InlineData("1-9223372036854775807")]
    [InlineData("1-99999999999999999999")]
    public void What_it_does_not_write_it_does_not_read(string text) => Assert.Null(SequenceRanges.Parse(text));

    [Fact]
    public void Garbage_is_null_or_ranges_and_never_throws() => Gen.Char["0123456789-,x "].Array[0, 30].Sample(static text =>
    {
        if (SequenceRanges.Parse(new string(text)) is { } read) Assert.Equal(read.ToString(), SequenceRanges.Parse(read.ToString())!.ToString());
    });

    private static IEnumerable<long> Numbers(SequenceRanges ranges)
    {
        var copy = SequenceRanges.Parse(ranges.ToString())!;
        while (!copy.IsEmpty)
        {
            var (from, to) = copy.First;
            for (var n = from; n <= to; n++) yield return n;
            copy.Remove(from, to);
        }
    }
}
