using CsCheck;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Tests.Doubles;

namespace EdgeVision.Tests.Inference;

public sealed class NonMaxSuppressionTests
{
    private static readonly Box Here = new(0, 0, 100, 100);

    /// <summary>Overlaps <see cref="Here"/> with IoU 0.6 exactly: 75 / 125 of a row.</summary>
    private static readonly Box Beside = new(25, 0, 125, 100);

    private static readonly Box There = new(500, 500, 600, 600);

    public static TheoryData<string, Detection[], float?, int, int[]> Cases => new()
    {
        { "nothing", [], 0.5f, 10, [] },
        { "best first", [new(0, 0.3f, Here), new(0, 0.9f, There)], 0.5f, 10, [1, 0] },
        { "of two on one object the better stays", [new(0, 0.3f, Here), new(0, 0.9f, Beside)], 0.5f, 10, [1] },
        { "another class is another object", [new(0, 0.3f, Here), new(1, 0.9f, Here)], 0.5f, 10, [1, 0] },
        { "an overlap at the limit is kept", [new(0, 0.3f, Here), new(0, 0.9f, Beside)], 0.6f, 10, [1, 0] },
        { "the suppressed suppresses nothing", [new(0, 0.9f, Here), new(0, 0.8f, Beside), new(0, 0.7f, new Box(50, 0, 150, 100))], 0.5f, 10, [0, 2] },
        { "no limit keeps all", [new(0, 0.3f, Here), new(0, 0.9f, Here)], null, 10, [1, 0] },
        { "at most so many, the best ones", [new(0, 0.3f, Here), new(0, 0.9f, There), new(1, 0.5f, Here)], 0.5f, 2, [1, 2] },
        { "an empty box overlaps nothing", [new(0, 0.3f, default), new(0, 0.9f, default)], 0.5f, 10, [1, 0] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_right_ones_survive(string name, Detection[] candidates, float? iou, int max, int[] survivors)
    {
        Assert.NotEmpty(name);
        var list = List(candidates);
        NonMaxSuppression.Apply(list, iou, max);
        Assert.Equal(survivors.Select(i => candidates[i]), list.Span.ToArray());
    }

    private static readonly Gen<Detection> Any =
        from id in Gen.Int[0, 2]
        from confidence in Gen.Int[1, 10]
        from x in Gen.Int[0, 30]
        from y in Gen.Int[0, 30]
        from size in Gen.Select(Gen.Int[0, 30], Gen.Int[0, 30])
        select new Detection(id, confidence / 10f, new Box(x, y, x + size.Item1, y + size.Item2));

    [Fact]
    public void Survivors_do_not_overlap_and_whoever_left_was_covered() => Any.Array[0, 60].Sample(candidates =>
    {
        var list = List(candidates);
        NonMaxSuppression.Apply(list, 0.4f, 1000);
        var kept = list.Span.ToArray();
        for (var i = 1; i < kept.Length; i++)
        {
            Assert.True(kept[i - 1].Confidence >= kept[i].Confidence);
            Assert.DoesNotContain(kept[..i], k => Covers(k, kept[i]));
        }

        foreach (var candidate in candidates)
            Assert.True(kept.Contains(candidate) || kept.Any(k => k.Confidence >= candidate.Confidence && Covers(k, candidate)));
    });

    [Fact]
    public void The_order_of_candidates_does_not_matter() => Gen.Select(Any.Array[0, 40], Gen.Int).Sample((candidates, seed) =>
    {
        var shuffled = candidates.ToArray();
        new Random(seed).Shuffle(shuffled);
        var (a, b) = (List(candidates), List(shuffled));
        NonMaxSuppression.Apply(a, 0.4f, 10);
        NonMaxSuppression.Apply(b, 0.4f, 10);
        Assert.Equal(a.Span.ToArray(), b.Span.ToArray());
    });

    /// <summary>As one would write it down: the vectorised one must give the same boxes in the same order, to the bit.</summary>
    [Fact]
    public void Suppression_equals_the_naive_greedy_one() =>
        Gen.Select(Gen.Int, Gen.Int[0, 400], Gen.Int[1, 3], Gen.Float[0, 1], Gen.Int[0, 4], Gen.Int[0, 2]).Sample((seed, count, classes, iou, maxAt, scaleAt) =>
        {
            var (max, scale) = (new[] { 1, 2, 7, 50, 1000 }[maxAt], new[] { 4f, 60f, 1e30f }[scaleAt]);
            var random = new Random(seed);
            var candidates = new Detection[count];
            foreach (ref var candidate in candidates.AsSpan())
            {
                var (x, y) = (random.NextSingle() * scale * 4, random.NextSingle() * scale * 4);
                var box = new Box(x, y, x + ((random.NextSingle() - 0.1f) * scale * 4), y + ((random.NextSingle() - 0.1f) * scale * 4));

                // Of a few confidences, so that there are ties.
                candidate = new Detection(random.Next(classes), random.Next(40) / 39f, box);
            }

            var list = List(candidates);
            NonMaxSuppression.Apply(list, iou, max);
            Assert.Equal(Naive(candidates, iou, max), list.Span.ToArray());
        }, iter: 500);

    [Fact]
    public void As_many_as_a_decoder_may_give_are_suppressed_as_by_the_naive_one()
    {
        var random = new Random(1);
        var candidates = Enumerable.Range(0, Candidates.Max).Select(i =>
        {
            var (x, y) = (random.NextSingle() * 600, random.NextSingle() * 600);
            return new Detection(random.Next(80), random.NextSingle(), new Box(x, y, x + (random.NextSingle() * 200), y + (random.NextSingle() * 200)));
        }).ToArray();
        var list = List(candidates);
        NonMaxSuppression.Apply(list, 0.5f, 300);
        Assert.Equal(Naive(candidates, 0.5f, 300), list.Span.ToArray());
    }

    [Fact]
    public void Candidates_of_one_confidence_are_ordered_by_what_is_left()
    {
        Detection[] candidates = [.. Enumerable.Range(0, 50).Select(static i => new Detection(i % 3, 0.5f, new Box(i * 7 % 50, i * 11 % 50, 60, 60)))];
        var list = List(candidates);
        NonMaxSuppression.Apply(list, null, 1000);
        Assert.Equal(Ordered(candidates), list.Span.ToArray());
    }

    private static IEnumerable<Detection> Ordered(IEnumerable<Detection> candidates) => candidates
        .OrderByDescending(static d => d.Confidence).ThenBy(static d => d.ClassId)
        .ThenBy(static d => d.Box.Left).ThenBy(static d => d.Box.Top).ThenBy(static d => d.Box.Right).ThenBy(static d => d.Box.Bottom);

    private static List<Detection> Naive(Detection[] candidates, float iou, int max)
    {
        var kept = new List<Detection>();
        foreach (var candidate in Ordered(candidates))
        {
            if (kept.Count < max && !kept.Any(k => k.ClassId == candidate.ClassId && k.Box.IntersectionOverUnion(candidate.Box) > iou)) kept.Add(candidate);
        }

        return kept;
    }

    [Fact]
    public void Suppression_allocates_nothing()
    {
        var list = List([.. Enumerable.Range(0, 200).Select(i => new Detection(i % 3, i / 200f, new Box(i, 0, i + 50, 50)))]);
        NonMaxSuppression.Apply(list, 0.9f, 200);
        Assert.Equal(0, Allocated.By(() => NonMaxSuppression.Apply(list, 0.5f, 100)));
    }

    private static bool Covers(Detection better, Detection other) => better.ClassId == other.ClassId && better.Box.IntersectionOverUnion(other.Box) > 0.4f;

    private static DetectionList List(Detection[] detections)
    {
        var list = new DetectionList();
        foreach (var detection in detections) list.Add(detection);
        return list;
    }
}
