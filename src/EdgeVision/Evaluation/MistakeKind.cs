namespace EdgeVision.Evaluation;

/// <summary>How a detector erred.</summary>
public enum MistakeKind
{
    /// <summary>An object that no detection of any kind lies on.</summary>
    Missed,

    /// <summary>A detection where nothing is.</summary>
    FalseAlarm,

    /// <summary>A detection in the right place that calls it something else.</summary>
    WrongClass,

    /// <summary>A detection of the right class that overlaps its object too little.</summary>
    BadlyPlaced,

    /// <summary>A second detection of an object that has been found.</summary>
    Duplicate,
}
