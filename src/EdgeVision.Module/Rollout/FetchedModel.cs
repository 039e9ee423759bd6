namespace EdgeVision.Module.Rollout;

/// <summary>A model as it came from its source: a folder or an .onnx file. What was unpacked or downloaded goes with this object; what a person named stays.</summary>
/// <param name="Path">For <see cref="EdgeVision.Models.ModelPackage.Load"/>.</param>
/// <param name="Owned">What goes, in this order.</param>
internal sealed record FetchedModel(string Path, params IReadOnlyList<IDisposable> Owned) : IDisposable
{
    public void Dispose()
    {
        foreach (var owned in Owned) owned.Dispose();
    }
}
