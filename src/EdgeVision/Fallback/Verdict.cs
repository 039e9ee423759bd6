using EdgeVision.Inference;
using EdgeVision.Rollout;

namespace EdgeVision.Fallback;

/// <summary>What the cloud says of an event of the edge.</summary>
/// <param name="Refines">Id of that event.</param>
/// <param name="Outcome">In a word.</param>
/// <param name="EdgeConfidence">Of the object that the question was about, or of the best; null when the edge saw none.</param>
/// <param name="CloudConfidence">Of the object in its place; null when the cloud sees none there.</param>
public sealed record Verdict(Guid Refines, VerdictOutcome Outcome, float? EdgeConfidence, float? CloudConfidence)
{
    /// <summary>Compares; boxes of both in the same pixels. Two that overlap by half are in the same place.</summary>
    /// <param name="refines">Id of the edge's event.</param>
    /// <param name="edge">What the edge saw.</param>
    /// <param name="edgeLabels">Of its class ids.</param>
    /// <param name="cloud">What the cloud saw.</param>
    /// <param name="cloudLabels">Of its class ids.</param>
    /// <param name="doubtful">Index of the object that the question was about; -1 for the best.</param>
    public static Verdict Of(Guid refines, IReadOnlyList<Detection> edge, IReadOnlyList<string> edgeLabels, IReadOnlyList<Detection> cloud, IReadOnlyList<string> cloudLabels, int doubtful = -1)
    {
        ArgumentNullException.ThrowIfNull(edge);
        ArgumentNullException.ThrowIfNull(cloud);
        var matches = Match(edge, edgeLabels, cloud, cloudLabels);
        var subject = doubtful >= 0 ? doubtful : edge.Count > 0 ? 0 : -1;
        var outcome = VerdictOutcome.Confirmed;
        if (cloud.Count > edge.Count) outcome = VerdictOutcome.FoundMore;
        for (var i = 0; i < matches.Length; i++)
        {
            if (matches[i] < 0) outcome = VerdictOutcome.Rejected;
            else if (outcome is not VerdictOutcome.Rejected && edgeLabels[edge[i].ClassId] != cloudLabels[cloud[matches[i]].ClassId]) outcome = VerdictOutcome.Corrected;
        }

        return new Verdict(refines, outcome, subject < 0 ? null : edge[subject].Confidence, subject < 0 || matches[subject] < 0 ? null : cloud[matches[subject]].Confidence);
    }

    /// <summary>For each object of the edge the one of the cloud in its place, of its label if there is one, each for one only; -1 for none.</summary>
    private static int[] Match(IReadOnlyList<Detection> edge, IReadOnlyList<string> edgeLabels, IReadOnlyList<Detection> cloud, IReadOnlyList<string> cloudLabels)
    {
        var (matches, taken) = (new int[edge.Count], new bool[cloud.Count]);
        Array.Fill(matches, -1);
        foreach (var sameLabel in (ReadOnlySpan<bool>)[true, false])
        {
            for (var i = 0; i < edge.Count; i++)
            {
                if (matches[i] >= 0) continue;
                var best = Disagreement.SameObject;
                for (var j = 0; j < cloud.Count; j++)
                {
                    if (taken[j] || edge[i].Box.IntersectionOverUnion(cloud[j].Box) is var overlap && overlap < best) continue;
                    if (sameLabel && edgeLabels[edge[i].ClassId] != cloudLabels[cloud[j].ClassId]) continue;
                    (matches[i], best) = (j, overlap);
                }

                if (matches[i] >= 0) taken[matches[i]] = true;
            }
        }

        return matches;
    }
}
