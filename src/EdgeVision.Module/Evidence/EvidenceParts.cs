using EdgeVision.Evidence;
using EdgeVision.Module.Privacy;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Evidence;

/// <summary>What all cameras share for their pictures.</summary>
/// <param name="Node">Device id: first level of a blob's name.</param>
/// <param name="Door">By which pixels leave.</param>
/// <param name="Folder">Where they lie.</param>
/// <param name="Keeping">In force.</param>
/// <param name="Telemetry">Counts them.</param>
/// <param name="Log">Hears of pictures that were not kept.</param>
internal sealed record EvidenceParts(string Node, PictureDoor Door, EvidenceFolder Folder, Func<EvidenceKeeping> Keeping, EvidenceTelemetry Telemetry, ILogger Log);
