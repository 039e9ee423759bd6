namespace EdgeVision.Evaluation;

/// <summary>Pictures and what is in them: the truth that detections are measured by.</summary>
/// <param name="Images">Ids are unique.</param>
/// <param name="Categories">Ids and names are unique.</param>
/// <param name="Objects">In the order of the file, which breaks ties.</param>
public sealed record AnnotatedSet(IReadOnlyList<AnnotatedImage> Images, IReadOnlyList<AnnotatedCategory> Categories, IReadOnlyList<GroundTruth> Objects)
{
    /// <summary>Sentences about what was left out while reading; empty when nothing was.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The set without some of its pictures and their objects.</summary>
    /// <param name="keep">Whether an index into <see cref="Images"/> stays. Categories stay, and indices into them.</param>
    /// <param name="newIndex">Of each old index; -1 for those that go.</param>
    public AnnotatedSet Without(Func<int, bool> keep, out int[] newIndex)
    {
        ArgumentNullException.ThrowIfNull(keep);
        var (indices, images) = (new int[Images.Count], new List<AnnotatedImage>(Images.Count));
        for (var i = 0; i < Images.Count; i++)
        {
            indices[i] = keep(i) ? images.Count : -1;
            if (indices[i] >= 0) images.Add(Images[i]);
        }

        newIndex = indices;
        return this with { Images = images, Objects = [.. Objects.Where(o => indices[o.Image] >= 0).Select(o => o with { Image = indices[o.Image] })] };
    }
}
