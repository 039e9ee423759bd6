using CsCheck;
using EdgeVision.Delivery;

namespace EdgeVision.Tests.Delivery;

public sealed class PacketWatchTests
{
    private const int Limit = 1000;

    [Fact]
    public void However_the_bytes_are_cut_the_first_packet_that_is_too_large_is_named_at_its_header() =>
        Gen.Select(Gen.OneOf(Gen.Int[0, 130], Gen.Int[Limit - 3, Limit + 3]).Array[1, 12], Gen.Int[1, 200].Array[1, 20]).Sample((lengths, cuts) =>
        {
            var first = Array.FindIndex(lengths, l => l > Limit);
            var stream = lengths.SelectMany(Packet).ToArray();
            var watch = new PacketWatch(Limit);
            int? found = null;
            var at = 0;
            for (var i = 0; at < stream.Length && found is null; i++)
            {
                var cut = Math.Min(cuts[i % cuts.Length], stream.Length - at);
                found = watch.TooLarge(stream.AsSpan(at, cut));
                at += cut;
            }

            if (first < 0) return found is null;
            // No later than in the read that holds the end of its header: two bytes are enough for these lengths.
            var header = lengths[..first].Sum(l => Packet(l).Length) + 1 + LengthOf(lengths[first]).Length;
            return found == lengths[first] && at >= header && at - header < cuts.Max();
        });

    [Theory]
    [InlineData("the largest there is", 268_435_455, new byte[] { 0x30, 0xFF, 0xFF, 0xFF, 0x7F })]
    [InlineData("four bytes that never end", 268_435_455, new byte[] { 0x30, 0xFF, 0xFF, 0xFF, 0xFF })]
    public void A_length_has_four_bytes(string row, int expected, byte[] header)
    {
        Assert.NotEmpty(row);
        Assert.Null(new PacketWatch(Limit).TooLarge(header.AsSpan(0, 4)));
        Assert.Equal(expected, new PacketWatch(Limit).TooLarge(header));
    }

    [Fact]
    public void Any_bytes_are_followed_without_harm()
    {
        var random = new Random(11);
        var bytes = new byte[300];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            Assert.NotInRange(new PacketWatch(Limit).TooLarge(bytes) ?? -1, 0, Limit);
        }
    }

    private static byte[] Packet(int length) => [0x30, .. LengthOf(length), .. new byte[length]];

    private static byte[] LengthOf(int length)
    {
        var bytes = new List<byte>();
        do
        {
            bytes.Add((byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0)));
            length >>= 7;
        }
        while (length > 0);
        return [.. bytes];
    }
}
