using EdgeVision.Azure.Blobs;
using EdgeVision.Configuration;

namespace EdgeVision.Module.Evidence;

/// <summary>How long pictures of events are kept, and where they go. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
internal sealed record EvidenceKeeping
{
    /// <summary>The section's name.</summary>
    public const string Key = "Evidence";

    public required TimeSpan MaxAge { get; init; }

    public required int MaxFiles { get; init; }

    public required long MaxBytes { get; init; }

    /// <summary>Of the disk.</summary>
    public required long MinFreeBytes { get; init; }

    /// <summary>Null for pictures that stay here.</summary>
    public BlobOptions? Upload { get; init; }

    public static EvidenceKeeping Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new EvidenceKeeping
        {
            MaxAge = TimeSpan.FromDays(options.Number("MaxDays", 30, 0.01, 3650, "Pictures of events are deleted after so many days, sent or not. Raising it keeps people's pictures for longer: mind what is allowed.")),
            MaxFiles = options.Integer("MaxFiles", 10_000, 1, 1_000_000, "Pictures of events that are kept; the oldest go first."),
            MaxBytes = options.Integer("MaxMegabytes", 1024, 1, 1_000_000, "Megabytes of pictures of events; the oldest go first.") * 1_000_000L,
            MinFreeBytes = options.Integer("MinFreeMegabytes", 512, 0, 1_000_000, "Megabytes of the disk that pictures leave free, by going and by not being kept. The outbox needs room, too.") * 1_000_000L,
            Upload = options.OptionalSection("Upload", BlobOptions.Read),
        };
    }
}
