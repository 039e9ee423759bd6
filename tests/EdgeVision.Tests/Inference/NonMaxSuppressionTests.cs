using CsCheck;
using EdgeVision.Geometry;
using EdgeVision.Inference;

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

    [Fact]
    public void Suppression_allocates_nothing()
    {
        var list = List([.. Enumerable.Range(0, 200).Select(i => new Detection(i % 3, i / 200f, new Box(i, 0, i + 50, 50)))]);
        NonMaxSuppression.Apply(list, 0.9f, 200);
        var before = GC.GetAllocatedBytesForCurrentThread();
        NonMaxSuppression.Apply(list, 0.5f, 100);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static bool Covers(Detection better, Detection other) => better.ClassId == other.ClassId && better.Box.IntersectionOverUnion(other.Box) > 0.4f;

    private static DetectionList List(Detection[] detections)
    {
        var list = new DetectionList();
        foreach (var detection in detections) list.Add(detection);
        return list;
    }
}
