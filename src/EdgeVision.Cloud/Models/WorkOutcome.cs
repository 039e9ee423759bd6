namespace EdgeVision.Cloud.Models;

/// <summary>What became of a request.</summary>
internal enum WorkOutcome
{
    Done,

    /// <summary>The request does not fit the model.</summary>
    Mistaken,

    /// <summary>The queue is full.</summary>
    Full,

    /// <summary>It waited too long, or the server ends.</summary>
    Late,

    /// <summary>The model failed on it.</summary>
    Failed,
}
