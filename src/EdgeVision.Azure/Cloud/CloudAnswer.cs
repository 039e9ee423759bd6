using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Azure.Cloud;

/// <summary>What the cloud saw, or why there is no answer.</summary>
/// <param name="Objects">Boxes in pixels of <paramref name="Width"/> × <paramref name="Height"/>; null without an answer.</param>
/// <param name="Model">Whose labels the class ids mean; its sha256 is empty, the protocol does not tell it. Null without an answer.</param>
/// <param name="Width">Of the picture that was sent.</param>
/// <param name="Height">Of the picture that was sent.</param>
/// <param name="Failure">A sentence; null with an answer.</param>
public sealed record CloudAnswer(IReadOnlyList<Detection>? Objects, ModelIdentity? Model, int Width, int Height, string? Failure)
{
    public static CloudAnswer Not(string failure) => new(null, null, 0, 0, failure);
}
