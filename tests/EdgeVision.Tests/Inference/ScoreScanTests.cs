using CsCheck;
using EdgeVision.Inference;

namespace EdgeVision.Tests.Inference;

public sealed class ScoreScanTests
{
    [Fact]
    public void Every_score_at_or_above_the_limit_is_found_once_and_in_order() =>
        Gen.Select(Gen.Int[0, 2000], Gen.Int, Gen.Int[0, 4], Gen.Int[ScoreScan.Block, 3 * ScoreScan.Block]).Sample((length, seed, density, room) =>
        {
            var random = new Random(seed);
            var scores = new float[length];
            for (var i = 0; i < length; i++) scores[i] = density == 4 ? 1 : MathF.Pow(random.NextSingle(), density * 5) - 0.1f;
            var (found, hits, position) = (new List<int>(), new int[room], 0);
            while (position < length)
            {
                Assert.True(ScoreScan.TryCollect(scores, 0.6f, ref position, hits, out var count));
                found.AddRange(hits[..count]);
            }

            Assert.Equal(Enumerable.Range(0, length).Where(i => scores[i] >= 0.6f), found);
        }, iter: 1000);

    [Fact]
    public void A_value_that_is_no_number_is_seen_wherever_it_stands()
    {
        foreach (var broken in new[] { float.NaN, -float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            for (var length = 1; length < 300; length += 37)
            {
                for (var at = 0; at < length; at++)
                {
                    var values = new float[length];
                    values.AsSpan().Fill(float.MaxValue);
                    var (position, hits) = (0, new int[512]);
                    Assert.True(ScoreScan.AreFinite(values));
                    Assert.Equal(ScoreScan.Row.Candidate, ScoreScan.Look(values, new float[length]));
                    values[at] = broken;
                    Assert.False(ScoreScan.AreFinite(values));
                    Assert.Equal(ScoreScan.Row.Broken, ScoreScan.Look(values, new float[length]));
                    Assert.False(ScoreScan.TryCollect(values, 0.5f, ref position, hits, out _));
                }
            }
        }
    }

    [Fact]
    public void Each_class_of_a_row_has_its_own_limit() =>
        Gen.Select(Gen.Int[1, 100], Gen.Int).Sample((length, seed) =>
        {
            var random = new Random(seed);
            var (scores, limits) = (new float[length], new float[length]);
            for (var i = 0; i < length; i++) (scores[i], limits[i]) = (random.NextSingle() * 0.55f, 0.5f + (random.NextSingle() * 0.05f));
            var expected = scores.Zip(limits).Any(static p => p.First >= p.Second) ? ScoreScan.Row.Candidate : ScoreScan.Row.Nothing;
            Assert.Equal(expected, ScoreScan.Look(scores, limits));
        });
}
