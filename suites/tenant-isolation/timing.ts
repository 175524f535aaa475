/** Windows and loads of this area; widen them for slower platforms. */
export const timing = {
  headerRequired: {
    /** Until one write or query that is sent from inside a cluster is answered. */
    answerSeconds: 15,
  },
};
