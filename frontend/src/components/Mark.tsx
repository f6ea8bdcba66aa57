/** The name of the page, with its line. */
export function Mark() {
  return (
    <p className="mark">
      <svg viewBox="0 0 40 16" width="40" height="16" aria-hidden="true">
        <path d="M1 9h11c3 0 3-6 5-6s3 11 5 11 3-5 5-5h12" />
      </svg>
      Sightline
    </p>
  );
}
