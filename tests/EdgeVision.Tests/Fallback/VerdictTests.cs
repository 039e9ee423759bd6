using EdgeVision.Fallback;
using EdgeVision.Geometry;
using EdgeVision.Inference;

namespace EdgeVision.Tests.Fallback;

public sealed class VerdictTests
{
    private static readonly string[] Edge = ["person", "car"], Cloud = ["car", "person", "dog"];

    private static readonly Box Here = new(0, 0, 100, 100), Near = new(10, 0, 110, 100), There = new(500, 0, 600, 100);

    /// <summary>What the edge saw, what the cloud saw, outcome, confidence of the cloud for the edge's first object.</summary>
    public static TheoryData<string, Detection[], Detection[], VerdictOutcome, float?> Cases => new()
    {
        { "the same", [new(0, 0.4f, Here)], [new(1, 0.9f, Near)], VerdictOutcome.Confirmed, 0.9f },
        { "nothing, both", [], [], VerdictOutcome.Confirmed, null },
        { "another label in its place", [new(0, 0.4f, Here)], [new(2, 0.7f, Near)], VerdictOutcome.Corrected, 0.7f },
        { "nothing there", [new(0, 0.4f, Here)], [], VerdictOutcome.Rejected, null },
        { "something elsewhere", [new(0, 0.4f, Here)], [new(1, 0.9f, There)], VerdictOutcome.Rejected, null },
        { "one more", [new(0, 0.4f, Here)], [new(1, 0.9f, Here), new(0, 0.5f, There)], VerdictOutcome.FoundMore, 0.9f },
        { "one more, and one is wrong", [new(0, 0.4f, Here), new(0, 0.3f, There)], [new(1, 0.9f, Here), new(0, 0.5f, new Box(0, 500, 9, 509)), new(1, 0.4f, new Box(50, 500, 59, 509))], VerdictOutcome.Rejected, 0.9f },
        { "its own label before a better overlap", [new(0, 0.4f, Here)], [new(0, 0.9f, Here), new(1, 0.6f, Near)], VerdictOutcome.FoundMore, 0.6f },
        { "two in one place", [new(0, 0.4f, Here), new(0, 0.3f, Here)], [new(1, 0.9f, Here)], VerdictOutcome.Rejected, 0.9f },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_outcome_follows_from_places_and_labels(string row, Detection[] edge, Detection[] cloud, VerdictOutcome outcome, float? confidence)
    {
        Assert.NotEmpty(row);
        var id = Guid.CreateVersion7();
        var verdict = Verdict.Of(id, edge, Edge, cloud, Cloud);
        Assert.Equal(new Verdict(id, outcome, edge.Length > 0 ? edge[0].Confidence : null, confidence), verdict);
    }

    [Fact]
    public void Confidences_are_those_of_the_object_that_the_question_was_about() =>
        Assert.Equal((0.3f, 0.8f), Verdict.Of(Guid.Empty, [new(0, 0.9f, Here), new(1, 0.3f, There)], Edge, [new(0, 0.8f, There), new(1, 0.7f, Here)], Cloud, doubtful: 1) is var v ? (v.EdgeConfidence, v.CloudConfidence) : default);
}
