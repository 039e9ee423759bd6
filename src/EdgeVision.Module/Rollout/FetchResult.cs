namespace EdgeVision.Module.Rollout;

/// <summary>A model that is here, or why it is not.</summary>
/// <param name="Model">The caller disposes it; null with <paramref name="Error"/>.</param>
/// <param name="Error">One sentence; null with <paramref name="Model"/>.</param>
/// <param name="IsTemporary">Worth another try later.</param>
internal sealed record FetchResult(FetchedModel? Model, string? Error, bool IsTemporary)
{
    public static FetchResult Of(FetchedModel model) => new(model, null, IsTemporary: false);

    public static FetchResult Failed(string error, bool isTemporary = false) => new(null, error, isTemporary);
}
